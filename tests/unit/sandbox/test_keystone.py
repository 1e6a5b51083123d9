"""The simulated Keystone against what a real one answers."""

from __future__ import annotations

import json

import pytest

K = "/identity/v3"
DOMAIN = {"id": "default"}


def auth(cloud, identity, scope=None):
    body = {"auth": {"identity": identity, **({"scope": scope} if scope else {})}}
    return cloud.send("POST", f"{K}/auth/tokens", body)


def password(user, secret="sandbox"):
    who = {"name": user, "domain": DOMAIN, "password": secret}
    return {"methods": ["password"], "password": {"user": who}}


def project(name):
    return {"project": {"name": name, "domain": DOMAIN}}


def me(cloud, user="demo"):
    token = cloud.log_in(user, user)
    answer = cloud.send("GET", f"{K}/auth/tokens", token=token, headers={"X-Subject-Token": token})
    return json.loads(answer.body)["token"]


def test_a_token_carries_roles_project_and_catalog(cloud):
    token = me(cloud)
    assert [role["name"] for role in token["roles"]] == ["member", "heat_stack_owner", "reader"]
    types = [entry["type"] for entry in token["catalog"]]
    assert types == ["identity", "network", "image", "block-storage", "compute", "messaging"]
    assert token["methods"] == ["password"]
    urls = {entry["type"]: entry["endpoints"][0]["url"] for entry in token["catalog"]}
    assert urls["block-storage"].endswith("/volume/v3/" + token["project"]["id"])


@pytest.mark.parametrize(
    ("identity", "scope", "status"),
    [
        (password("demo", "wrong"), project("demo"), 401),
        (password("nobody"), project("demo"), 401),
        (password("demo"), project("admin"), 401),
        (password("demo"), project("nothing"), 401),
        ({"methods": ["foo"]}, None, 400),
        ({"methods": ["foo"], "foo": {}}, None, 401),
        (password("demo"), "unscoped", 201),
        (password("demo"), None, 201),
    ],
)
def test_logging_in(cloud, identity, scope, status):
    assert auth(cloud, identity, scope).status == status


def test_tokens_expire_and_can_be_revoked(cloud):
    token = cloud.log_in()
    cloud.now += cloud.sandbox.settings.token_lifetime
    assert cloud.send("GET", f"{K}/auth/projects", token=token).status == 401
    cloud.tokens.clear()
    token = cloud.log_in()
    headers = {"X-Subject-Token": token}
    assert cloud.send("DELETE", f"{K}/auth/tokens", token=token, headers=headers).status == 204
    assert cloud.send("GET", f"{K}/auth/projects", token=token).status == 401


def trust(cloud, roles, **more):
    demo, calor = me(cloud)["user"]["id"], service_user(cloud)
    body = {
        "trustor_user_id": demo,
        "trustee_user_id": calor,
        "project_id": cloud.project,
        "impersonation": True,
        "roles": [{"name": role} for role in roles],
        **more,
    }
    return {"trust": body}


def service_user(cloud):
    users = cloud("GET", f"{K}/users?name=calor", user="admin")["users"]
    return users[0]["id"]


def test_a_trust_lends_what_the_trustor_has(cloud):
    made = cloud("POST", f"{K}/OS-TRUST/trusts", trust(cloud, ["member"]))["trust"]
    scope = {"OS-TRUST:trust": {"id": made["id"]}}
    answer = auth(cloud, password("calor"), scope)
    token = json.loads(answer.body)["token"]
    assert token["user"]["name"] == "demo"
    assert [role["name"] for role in token["roles"]] == ["member", "reader"]
    borrowed = answer.header("X-Subject-Token")
    assert cloud.send("GET", "/network/v2.0/networks", token=borrowed).status == 200
    again = cloud.send("POST", f"{K}/OS-TRUST/trusts", trust(cloud, ["member"]), token=borrowed)
    assert again.status == 403
    rescoped = auth(cloud, {"methods": ["token"], "token": {"id": borrowed}}, project("demo"))
    assert rescoped.status == 403
    assert auth(cloud, password("alt_demo"), scope).status == 403
    cloud("DELETE", f"{K}/OS-TRUST/trusts/{made['id']}", status=204)
    assert cloud.send("GET", "/network/v2.0/networks", token=borrowed).status == 401
    assert auth(cloud, password("calor"), scope).status == 401


@pytest.mark.parametrize(
    ("roles", "status"), [(["admin"], 404), (["nosuch"], 404), ([], 403), (["reader"], 201)]
)
def test_which_roles_a_trust_may_lend(cloud, roles, status):
    cloud("POST", f"{K}/OS-TRUST/trusts", trust(cloud, roles), status=status)


def test_a_trust_ends_when_the_trustor_loses_the_role(cloud):
    made = cloud("POST", f"{K}/OS-TRUST/trusts", trust(cloud, ["member"]))["trust"]
    demo = me(cloud)["user"]["id"]
    role = cloud("GET", f"{K}/roles?name=member", user="admin")["roles"][0]["id"]
    path = f"{K}/projects/{cloud.project}/users/{demo}/roles/{role}"
    cloud("DELETE", path, user="admin", status=204)
    cloud("DELETE", path, user="admin", status=404)
    scope = {"OS-TRUST:trust": {"id": made["id"]}}
    assert auth(cloud, password("calor"), scope).status == 403


def test_application_credentials_log_in_but_do_not_delegate(cloud):
    demo = me(cloud)["user"]["id"]
    path = f"{K}/users/{demo}/application_credentials"
    made = cloud("POST", path, {"application_credential": {"name": "ci"}})["application_credential"]
    proof = {"id": made["id"], "secret": made["secret"]}
    identity = {"methods": ["application_credential"], "application_credential": proof}
    token = auth(cloud, identity).header("X-Subject-Token")
    assert cloud.send("GET", "/network/v2.0/networks", token=token).status == 200
    refused = cloud.send("POST", f"{K}/OS-TRUST/trusts", trust(cloud, ["member"]), token=token)
    assert refused.status == 403
    assert b"Delegated tokens cannot manage trusts" in refused.body
    wrong = {**identity, "application_credential": {**proof, "secret": "no"}}
    assert auth(cloud, wrong).status == 401


def test_projects_users_roles_and_grants(cloud):
    made = cloud("POST", f"{K}/projects", {"project": {"name": "new"}}, user="admin")["project"]
    conflict = cloud(
        "POST", f"{K}/projects", {"project": {"name": "new"}}, user="admin", status=409
    )
    assert "two projects" in conflict["error"]["message"]
    cloud("POST", f"{K}/projects", {"project": {"name": "x"}}, status=403)
    body = {"user": {"name": "eve", "password": "secret", "email": "e@example.org"}}
    eve = cloud("POST", f"{K}/users", body, user="admin")["user"]
    assert "password" not in eve
    role = cloud("POST", f"{K}/roles", {"role": {"name": "cook"}}, user="admin")["role"]
    grant = f"{K}/projects/{made['id']}/users/{eve['id']}/roles/{role['id']}"
    cloud("PUT", grant, user="admin", status=204)
    cloud("HEAD", grant, user="admin", status=204)
    listed = cloud("GET", f"{K}/role_assignments?user.id={eve['id']}", user="admin")
    assert listed["role_assignments"][0]["scope"] == {"project": {"id": made["id"]}}
    assert auth(cloud, password("eve", "secret"), project("new")).status == 201
    change = {"user": {"original_password": "secret", "password": "better"}}
    assert cloud.send("POST", f"{K}/users/{eve['id']}/password", change).status == 204
    assert auth(cloud, password("eve", "secret"), project("new")).status == 401
    for path in (f"projects/{made['id']}", f"users/{eve['id']}", f"roles/{role['id']}"):
        cloud("DELETE", f"{K}/{path}", user="admin", status=204)
        cloud("GET", f"{K}/{path}", user="admin", status=404)
    assert cloud.sandbox.leftovers() == []


def test_an_admin_registers_a_service(cloud):
    body = {"service": {"name": "calor", "type": "orchestration"}}
    service = cloud("POST", f"{K}/services", body, user="admin")["service"]
    url = "http://127.0.0.1:8004/v1/%(project_id)s"
    endpoint = {"service_id": service["id"], "interface": "public", "region_id": "RegionOne"}
    cloud("POST", f"{K}/endpoints", {"endpoint": {**endpoint, "url": url}}, user="admin")
    catalog = cloud("GET", f"{K}/auth/catalog")["catalog"]
    found = next(entry for entry in catalog if entry["type"] == "orchestration")
    assert found["endpoints"][0]["url"] == url.replace("%(project_id)s", cloud.project)
    cloud("DELETE", f"{K}/services/{service['id']}", user="admin", status=204)
    assert cloud.sandbox.leftovers() == []
