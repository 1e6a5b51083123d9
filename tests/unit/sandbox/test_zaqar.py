"""The simulated Zaqar: queues made on first use, messages that age, claims, refusals."""

from __future__ import annotations

import json

import pytest

QUEUES = "/messaging/v2/queues"
POSTER = "11111111-1111-1111-1111-111111111111"
READER = "22222222-2222-2222-2222-222222222222"


@pytest.fixture
def zaqar(cloud):
    def ask(method, path, body=None, *, client=READER, user="demo", status=200):
        token = cloud.log_in(user, user)
        headers = {"Client-ID": client} if client else {}
        answer = cloud.send(method, QUEUES + path, body, token=token, headers=headers)
        assert answer.status == status, (answer.status, answer.body)
        ask.headers = answer.headers
        return json.loads(answer.body) if answer.body else None

    return ask


def post(zaqar, *bodies, ttl=300, queue="q"):
    messages = [{"ttl": ttl, "body": body} for body in bodies]
    sent = {"messages": messages}
    return zaqar("POST", f"/{queue}/messages", sent, client=POSTER, status=201)["resources"]


def bodies(answer):
    return [message["body"] for message in answer["messages"]]


def test_a_post_makes_the_queue_and_messages_are_listed_in_order(zaqar):
    hrefs = post(zaqar, *range(12))
    assert len(hrefs) == 12
    first = zaqar("GET", "/q/messages")
    assert bodies(first) == list(range(10))
    query = first["links"][0]["href"].partition("?")[2]
    second = zaqar("GET", f"/q/messages?{query}")
    assert bodies(second) == [10, 11]
    last = zaqar("GET", "/q/messages?" + second["links"][0]["href"].partition("?")[2])
    assert last == {"messages": [], "links": []}
    assert [queue["name"] for queue in zaqar("GET", "")["queues"]] == ["q"]


def test_who_posted_a_message_sees_it_only_on_wish(zaqar):
    post(zaqar, "hello")
    assert bodies(zaqar("GET", "/q/messages", client=POSTER)) == []
    assert bodies(zaqar("GET", "/q/messages?echo=true", client=POSTER)) == ["hello"]


def test_messages_end_when_their_time_is_over(zaqar, cloud):
    post(zaqar, "short", ttl=60)
    post(zaqar, "long", ttl=120)
    cloud.wait(61)
    (left,) = zaqar("GET", "/q/messages")["messages"]
    assert (left["body"], left["age"], left["ttl"]) == ("long", 61, 120)


def test_queues_belong_to_their_project(zaqar):
    post(zaqar, "mine")
    assert zaqar("GET", "", user="alt_demo")["queues"] == []
    assert bodies(zaqar("GET", "/q/messages", user="alt_demo")) == []
    zaqar("GET", "/q", user="alt_demo", status=404)


def test_a_claim_holds_messages_until_it_ends(zaqar, cloud):
    post(zaqar, "a", "b", "c")
    claimed = zaqar("POST", "/q/claims?limit=2", {"ttl": 60, "grace": 60}, status=201)
    assert bodies(claimed) == ["a", "b"]
    claim = zaqar.headers["location"].rsplit("/", 1)[1]
    assert bodies(zaqar("GET", "/q/messages")) == ["c"]
    assert bodies(zaqar("GET", "/q/messages?include_claimed=true")) == ["a", "b", "c"]
    assert bodies(zaqar("GET", f"/q/claims/{claim}")) == ["a", "b"]
    first = claimed["messages"][0]
    zaqar("DELETE", f"/q/messages/{first['id']}", status=403)
    zaqar("DELETE", f"/q/messages/{first['id']}?claim_id={claim}", status=204)
    cloud.wait(59)
    zaqar("PATCH", f"/q/claims/{claim}", {"ttl": 60, "grace": 60}, status=204)
    cloud.wait(59)
    assert bodies(zaqar("GET", "/q/messages")) == ["c"]
    cloud.wait(2)
    zaqar("GET", f"/q/claims/{claim}", status=404)
    assert bodies(zaqar("GET", "/q/messages")) == ["b", "c"]


def test_an_ended_claim_frees_its_messages(zaqar):
    post(zaqar, "a")
    zaqar("POST", "/q/claims", status=201)
    claim = zaqar.headers["location"].rsplit("/", 1)[1]
    zaqar("POST", "/q/claims", status=204)
    zaqar("DELETE", f"/q/claims/{claim}", status=204)
    assert bodies(zaqar("POST", "/q/claims", status=201)) == ["a"]


def test_messages_are_popped_counted_and_purged(zaqar):
    post(zaqar, *"abcd")
    assert bodies(zaqar("DELETE", "/q/messages?pop=2")) == ["a", "b"]
    assert zaqar("GET", "/q/stats")["messages"] == {"claimed": 0, "free": 2, "total": 2}
    ids = [message["id"] for message in zaqar("GET", "/q/messages")["messages"]]
    zaqar("DELETE", f"/q/messages?ids={ids[0]}", status=204)
    assert bodies(zaqar("GET", f"/q/messages?ids={','.join(ids)}")) == ["d"]
    zaqar("POST", "/q/purge", {}, status=204)
    assert zaqar("GET", "/q/messages")["messages"] == []


def test_a_queue_is_made_described_and_removed(zaqar):
    zaqar("PUT", "/q", {"_default_message_ttl": 90, "note": "x"}, status=201)
    zaqar("PUT", "/q", {"_default_message_ttl": 90}, status=204)
    sent = {"messages": [{"body": 1}]}
    zaqar("POST", "/q/messages", sent, client=POSTER, status=201)
    assert zaqar("GET", "/q/messages")["messages"][0]["ttl"] == 90
    assert zaqar("GET", "/q")["_default_message_ttl"] == 90
    zaqar("DELETE", "/q", status=204)
    zaqar("GET", "/q", status=404)


@pytest.mark.parametrize(
    ("path", "body", "client", "title"),
    [
        ("/q/messages", {"messages": [{"ttl": 300, "body": 1}]}, "", "Missing header value"),
        ("/q/messages", {"messages": [{"ttl": 300, "body": 1}]}, "me", "Wrong UUID value"),
        ("/a b/messages", {"messages": []}, POSTER, "Invalid queue identification"),
        (f"/{'q' * 65}/messages", {"messages": []}, POSTER, "Invalid queue identification"),
        ("/q/messages", {"messages": []}, POSTER, "Invalid API request"),
        ("/q/messages", {}, POSTER, "Invalid API request"),
        ("/q/messages", {"messages": [{"ttl": 59, "body": 1}]}, POSTER, "Invalid API request"),
        ("/q/messages", {"messages": [{"ttl": "x", "body": 1}]}, POSTER, "Invalid request body"),
        ("/q/messages", {"messages": [{"ttl": 60}]}, POSTER, "Invalid request body"),
        (
            "/q/messages",
            {"messages": [{"ttl": 60, "body": "x" * 262_144}]},
            POSTER,
            "Invalid API request",
        ),
    ],
)
def test_what_zaqar_refuses(zaqar, path, body, client, title):
    assert zaqar("POST", path, body, client=client, status=400)["title"] == title
    assert bodies(zaqar("GET", "/q/messages")) == []
