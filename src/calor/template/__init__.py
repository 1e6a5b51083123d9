"""Floor 2: the template languages, from text to a checked `Template` and from there to values.

It is pure: it opens no file, asks no cloud and knows no resource type.

What others call (each name is imported from the module that is named):

- `load.load_template(source, *, name, files=None, limits=Limits()) -> Loaded(template, diagnostics,
  reading)`; `source` is a `base.source.Source`, text, bytes, or an already parsed JSON object.
  `template` is None only when nothing could be made of it; look at `diagnostics.errors` first.
  `files` maps the names used by `get_file` to texts; None leaves them unchecked.
- `load.load_environment(source, *, name, limits=Limits()) -> LoadedEnvironment(environment,
  diagnostics)`; `environment.merge([first, ..., last]) -> Environment`, the later ones win.
- `parameters.resolve_parameters(template, environment=None, given=None, *, pseudo=None) ->
  Resolved(parameters, diagnostics)`; `parameters.values: dict[str, Value]`, hidden ones
  `Sensitive`; `parameters.pending: tuple[Pending(parameter, constraint, value, span, description)]`
  are custom constraints that the cloud must be asked about. `pseudo` maps `OS::stack_name`,
  `OS::stack_id`, `OS::project_id`, `OS::region` to values; what it lacks is `Unknown`.
- `definitions`: `Template(dialect, version, description, parameter_groups, parameters, resources,
  outputs, conditions, source, node)`, `ResourceDef(name, type, properties, metadata, depends_on,
  update_policy, deletion_policy, external_id, condition, description, span, type_span, node)`,
  `OutputDef(name, value, description, condition, span, node)`, `ParameterDef(name, type,
  description, default, has_default, label, hidden, immutable, tags, schema, constraints, span,
  node)`, `ParameterGroup(label, description, parameters, span)`. Properties, metadata, policies,
  external ids, conditions and output values are expressions or None.
- `expressions`: `Expression` (`Literal`, `ListExpr`, `MapExpr`, `Call`; each has `.node` and
  `.span`), `references(expression) -> list[Reference(kind, name, path, span)]` in the order
  written, kind one of 'resource' (get_resource), 'attribute' (`path[0]` is the attribute),
  'parameter', 'condition', 'file', 'name' (of neither a parameter nor a resource);
  `place(expression, path) -> Span` of a value inside.
- `evaluation`: `evaluate(expression, scope) -> Value`; `Scope` (protocol): `parameter(name)`,
  `resource_id(name)`, `attribute(name, attribute, path)`, `condition(name)`, `zones()`,
  `file(path)`, `facade(key)`; `TemplateScope(template, parameters, files={}, facade=None)`
  implements all of it with resources `Unknown`: subclass it and override `resource_id` and
  `attribute`.
  `is_enabled(definition, scope) -> bool | Unknown` for a resource's or an output's condition;
  `deletion_policy(resource, scope) -> 'Delete'|'Retain'|'Snapshot'`. Values may share parts with
  the template: never change one in place. `EvaluationError(errors.InvalidInput)` is raised for what
  can't be evaluated; it carries one diagnostic. `marks.select(value, path)` follows a path as
  `get_attr` does (nothing there gives None).
- `check.needed_resources(resource) -> dict[str, Span]`: the names that a resource comes after, by
  reference or `depends_on`, in the order written.
- `environment.Environment`: `.parameters`, `.parameter_defaults`, `.registry`, `.files()`;
  `registry.Registry`: `.resolve(type, path=()) -> TypeMapping` where `path` is the resource's name
  (after those of its parents, outermost first): `.target` is a type or the key of a template
  in `files`, `.is_template` tells which; `.hooks(path)` and `.restricted_actions(path) ->
  tuple[str, ...]`.
- `reader.read(source, ...) -> Reading(node, source, tagged, diagnostics)`, `plain.to_plain(node)`,
  `plain.locate(node, path) -> Span`; `reader.Limits(max_bytes, max_depth, max_nodes)`.
- `dialects.versions() -> list[Dialect]`, `dialects.find(name)`; `functions.registry() -> dict`.

Codes: H1xx reading, H2xx structure, H3xx parameters, H4xx references and functions, H5xx
environments.
"""
