"""What the words of the template languages are for, by the role that a dialect gives them.

For people who write: an editor shows these sentences. Words that only one language has stand under
their own name.
"""

from __future__ import annotations

from collections.abc import Mapping

SECTIONS: Mapping[str, str] = {
    "version": "The language of the template, and its version.",
    "description": "What the template is for, in words for people.",
    "parameter_groups": "Which parameters forms show together, and in which order.",
    "parameters": "What whoever makes a stack may say: names, types, defaults and limits.",
    "resources": "The things that the stack is made of. At least one.",
    "outputs": "What the stack tells when it is done.",
    "conditions": "Names for conditions, on which resources, outputs and values may depend.",
    "mappings": "Tables of constants, looked up with two keys.",
    "rules": "What must hold for the parameters together before anything is made.",
    "metadata": "Facts about the template that change nothing, and how forms show parameters.",
    "transform": "Extensions of the language that the template uses.",
}
RESOURCE_KEYS: Mapping[str, str] = {
    "type": "What it is: a resource type, or the file of a nested template.",
    "properties": "What is wanted of it. Which properties there are, its type says.",
    "metadata": "A map of your own that is kept with the resource and that servers can read.",
    "depends_on": "Resources that must be there before this one, one name or a list of names. What"
    " the properties refer to is waited for anyway.",
    "deletion_policy": "What becomes of the thing when the resource is deleted: it goes too, stays,"
    " or leaves a snapshot.",
    "update_policy": "How a change reaches the members of a group.",
    "update_replace_policy": "What becomes of the old thing when a change replaces it.",
    "creation_policy": "How many signals the thing must send, in which time, to count as made.",
    "description": "What the resource is for, in words for people.",
    "external_id": "The id of a thing that exists already. It is referred to, and never changed or"
    " deleted.",
    "condition": "The resource exists only when this condition holds.",
}
OUTPUT_KEYS: Mapping[str, str] = {
    "description": "What the output is, in words for people.",
    "value": "What it tells: a value, most often made with a function.",
    "condition": "The output exists only when this condition holds.",
    "export": "The name under which other stacks can import the value.",
}
PARAMETER_KEYS: Mapping[str, str] = {
    "type": "The kind of value.",
    "description": "What the parameter is for, in words for people.",
    "default": "The value when none is given. Without a default a value must be given.",
    "schema": "What is inside a map or list: more keys of this kind, level by level.",
    "constraints": "What a value must fulfil, a list.",
    "hidden": "Whether the value is secret: it is sealed, and shown as `***`.",
    "label": "The name that forms show.",
    "immutable": "Whether updates must not change the value.",
    "tags": "Words by which parameters are found.",
    "Type": "The kind of value.",
    "Description": "What the parameter is for, in words for people.",
    "Default": "The value when none is given. Without a default a value must be given.",
    "NoEcho": "Whether the value is secret: it is sealed, and shown as `***`.",
    "AllowedValues": "The values that there may be, a list.",
    "AllowedPattern": "A regular expression that the whole value must match.",
    "MinLength": "How many characters there must be at least.",
    "MaxLength": "How many characters there may be at most.",
    "MinValue": "The smallest number that is allowed.",
    "MaxValue": "The largest number that is allowed.",
    "ConstraintDescription": "What is told when a value breaks one of the rules.",
}
CONSTRAINTS: Mapping[str, str] = {
    "length": "How long a text, list or map may be: `min`, `max` or both.",
    "range": "How small and large a number may be: `min`, `max` or both.",
    "modulo": "The number is a multiple of `step`, plus `offset`.",
    "allowed_values": "The values that there may be, a list.",
    "allowed_pattern": "A regular expression that the whole value must match.",
    "custom_constraint": "What the cloud must know, as `nova.flavor` or `neutron.network`.",
    "description": "What is told when a value breaks the rule.",
}
GROUP_KEYS: Mapping[str, str] = {
    "label": "The group's name, as forms show it.",
    "description": "What the group is about, in words for people.",
    "parameters": "The names of its parameters, in the order in which forms show them.",
}
ENVIRONMENT: Mapping[str, str] = {
    "parameters": "Values of the template's parameters.",
    "parameter_defaults": "Values of parameters here and in all nested templates, where nothing"
    " else gives one. Names that no template has are fine.",
    "parameter_merge_strategies": "How values of one parameter in several environments become one:"
    " overwrite, merge or deep_merge.",
    "encrypted_param_names": "Parameters whose values are secret.",
    "event_sinks": "Where the events of the stack, and of those inside it, are sent.",
    "resource_registry": "What types stand for: other types, or files of templates.",
}
REGISTRY_KEYS: Mapping[str, str] = {
    "base_url": "What names of files in the registry are relative to.",
    "resources": "Mappings, hooks and restricted actions for single resources, by their names.",
    "hooks": "Where the resource waits until somebody lets it go on.",
    "restricted_actions": "What must not be done to the resource: update, replace.",
}
