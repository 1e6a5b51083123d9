"""Floor 5: all that an API may call. It knows no HTTP, carries nothing out and writes no rows but
through the one transaction that accepts an operation.

- `service.Service(ports)` with `ports.Ports(...)`; its parts are
  `check` (`check.Check`): `validate`, `plan_create`, `plan_update`, `composition`;
  `accept` (`accept.Accept`): `create`, `update`, `delete`, `check`, `cancel_update`;
  `read` (`read.Read`): `find`, `stack`, `stacks`, `resources`, `resource`, `outputs`, `output`,
  `template`, `environment`, `files`, `plan`;
  `events` (`events.Events`): `find`, `show`, `wait`, `follow`;
  `hooks` (`hooks.Hooks`): `clear`;
  `catalog` (`catalog.Catalog`): resource types, template versions and functions.
- `wanted.Wanted`: what a caller gives to define a stack, before it is read.
- `errors`: the kinds of `UserError` that Heat's clients know by name.
- `views`: what the parts answer.
"""
