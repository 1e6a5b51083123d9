"""The native REST API, v1: Heat's bodies and status codes, made out of one route table.

It speaks HTTP and decides nothing else: what is right, possible or allowed to be seen, `service`
says. It imports no store, no engine and no cloud.

- `app.create_app(service) -> ASGI application`.
- `routes.ROUTES`: every route with its handler, success code and policy.
- `policy.allows(policy, caller)`: who may call what.

Beside Heat's API:

- `template_text` (create, update, preview, validate, plan): the template as its author wrote it,
  instead of the parsed `template`; comments are kept, and faults have lines. `environment` may be
  text too.
- faults have `message`, `hint`, `diagnostics` and `location` beside Heat's keys.
- `POST /stacks/plan`, `POST|GET /stacks/NAME/ID/plan`, `GET .../plan/delete`: plans.
- `GET /exports`, `GET /exports/NAME`: what stacks share.
- `GET .../events?wait=SECONDS` answers as soon as there are events after `marker`; with
  `nested_depth`, `show_deleted=true` tells those of stacks inside that are gone, too;
  `GET .../events/follow?after=NUMBER` sends them as server-sent events.
- `GET .../template?text=true`: the template as it was written.
"""
