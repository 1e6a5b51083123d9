"""`calor graph`: draws the resources of a template or a stack, and which needs which."""

from __future__ import annotations

from pathlib import Path

import click

from calor.base.errors import InvalidInput
from calor.cli.command import command
from calor.cli.compose import composed, in_sources
from calor.cli.graph import dot, mermaid, svg, text
from calor.cli.graph.diagram import Box, Diagram
from calor.cli.inputs import default_name, environments_option, read_input
from calor.cli.root import App
from calor.cli.running import with_client
from calor.cli.view.values import type_name
from calor.client import Client
from calor.planning.graph import Graph
from calor.template.registry import TEMPLATE_SUFFIXES

LANGUAGES = {"text": text.draw, "dot": dot.draw, "mermaid": mermaid.draw, "svg": svg.draw}
ENDINGS = {
    ".txt": "text",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".md": "mermaid",
    ".svg": "svg",
}


@command(
    ("calor graph app.yaml", "The order in which things are made"),
    ("calor graph app -o app.svg", "A picture of a stack"),
)
@click.argument("what", metavar="TEMPLATE|STACK")
@environments_option("An environment file, for a template.")
@click.option("-f", "--format", "form", type=click.Choice(list(LANGUAGES)), help="The language.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to a file; its ending is the format.",
)
@click.pass_obj
def graph(
    app: App, what: str, environments: tuple[Path, ...], form: str | None, output: Path | None
) -> None:
    """Draw resources and what each comes after: of a template file, or of a stack by its name."""
    if output is not None and form is None and output.suffix not in ENDINGS:
        raise InvalidInput(
            f"The ending of {output} tells no format.",
            hint=f"end it in one of {', '.join(ENDINGS)}, or name the format with -f",
        )
    path = Path(what)
    if path.is_file() or path.suffix in TEMPLATE_SUFFIXES:
        diagram = of_template(app, path, environments)
    else:
        diagram = with_client(app, lambda client: of_stack(client, what))
    chosen = form or (ENDINGS[output.suffix] if output else "text")
    drawn = LANGUAGES[chosen](diagram)
    if output is None:
        click.echo(drawn, nl=False)
    else:
        output.write_text(drawn)


def of_template(app: App, path: Path, environments: tuple[Path, ...]) -> Diagram:
    wanted = read_input(path, environments=environments)
    composition = composed(app.programs.types(), wanted)
    problems = in_sources(composition.diagnostics, wanted.sources)
    if not composition.parts and problems:
        raise InvalidInput(f"{path} can't be drawn", problems)
    needs: Graph[str] = Graph()
    boxes = {}
    for name, part in composition.parts.items():
        boxes[name] = Box(name, type_name(part.declared_type))
        needs.add(name)
        for need in part.needs:
            needs.connect(name, need)
    return Diagram(default_name(path), boxes, needs)


async def of_stack(client: Client, name: str) -> Diagram:
    resources = await client.resources(name)
    needs: Graph[str] = Graph()
    boxes = {}
    for resource in resources:
        boxes[resource.name] = Box(resource.name, type_name(resource.type), resource.status)
        needs.add(resource.name)
    for resource in resources:
        for user in resource.required_by:
            if user in boxes:
                needs.connect(user, resource.name)
    return Diagram(name, boxes, needs)
