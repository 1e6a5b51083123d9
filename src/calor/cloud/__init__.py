"""An OpenStack cloud behind the ports `Cloud`, `Clouds` and `Authenticator`: log-in, catalog,
retries, bulk, the rhythm of polling, names into ids, trusts. It knows collections and bodies, no
resource types, and reaches the network only through the `Transport` that it is given.

What `main` puts together:

- `session.Site(transport, clock, ids, executor, settings, region, interface)`: what one process
  shares. `session.Account(site, credential)`: a credential and the token it gave.
- `config.read_cloud(name) -> CloudConfig`: clouds.yaml or OS_* variables (slow to import);
  `login.PluginCredential(config.plugin, transport=, executor=, timeout=)` logs in with it.
- `login.ServiceUser.from_auth(config.auth)`: the account to which users delegate, or None.
- `delegation.Delegation(site, service_user=, trusts=, installation=)`: makes and sweeps trusts.
- `authenticator.KeystoneAuthenticator(site, auth_url=, delegation=)`, with `sweep()` to be called
  now and then; `authenticator.LocalAuthenticator(account)` for local mode.
- `clouds.OpenStackClouds(site, auth_url=, local=, service_user=, trusts=)`: the Clouds port.
- `cloud.OpenStackCloud(cloud.Project(session.Session(site, account)), project_id=, user_id=,
  guard=)`: a Cloud by hand, for tests and tools.
- `catalog_entry.register(cloud, url=, region=)` and `unregister`: Calor in a cloud's catalog.
"""
