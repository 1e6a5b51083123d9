"""Floor 4: from what was written and what exists to what will be done. Pure; touches nothing.

The public names, each in a module of its own:

- `compose.Composer(types, settings)`: `.compose(definition, identity) -> Composition`: reads and
  checks a whole definition (template, environments, parameters, nested templates) against the
  types; all problems are in `Composition.diagnostics` (also inside nested files).
  `.compose_alone(definition, identity)`: the same of a stack that was checked, without what is
  nested in it. It remembers parsed texts, and compositions that are right: others have them too.
- `identity.Identity(stack_id, stack_name, project_id, region)`: which stack it is for.
- `Composition`: `.template`, `.environment`, `.parameters`, `.types` (name -> ResourceType of each
  enabled resource), `.children` (name -> Composition of a template used as a type),
  `.lookups` (what the cloud must be asked: path, kind, value, and where it was written).
- `decide.decide(type, row, wanted) -> Decision`: keep, update or replace; the only place that
  decides.
- `plan.make_plan(composition, rows, action) -> Plan`: what people see; `schedule.Schedule`: the
  same as a graph that the engine walks.
- `evaluate.Evaluator(composition, rows)`: properties and outputs over what exists.
- `graph.Graph`: nodes and edges, nothing else.
"""
