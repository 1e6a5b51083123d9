"""Floor 5: carries operations out. It knows no HTTP, no SQL, and accepts nothing from people.

- `engine.Engine`: claims stacks that have something to do, one `run.Run` each; renews leases.
- `run.Run`: the operations of one stack, one after the other, newest first; `phase.Phase`: one
  phase of one, from the plan to how its walk ended.
- `walk.Walk`: walks a schedule, everything at once whose dependencies are done.
- `carrier.Carrier`: what each step of a schedule means; `planner` makes the schedules.
- `steps.Steps`: what is done for one resource, safe to be cut anywhere and run again;
  `making.Making`: creating a thing once; `removing.Removing`: removing it;
  `failing.Failing`: how a step tells that it failed; `context.Context`: what steps act through.
- `pauses.Pauses`: where resources wait at hooks, and how they hear that they may go on.
- `doubts.Doubts`: lost things that nothing tells apart; `twins.Twins`: things that another
  engine made as well.
- `ledger.Ledger`: the stack's rows in memory, written through the journal.
- `calls.JoinedCloud`, `stop.Stop`: how a run is stopped without losing a call under way.
- `nested.NestedStacks`: stacks inside the stack; `live.Live` and `zones`: what no row tells.
- `watch.Watch`: how those wait who wait for what others write.
- `courier.Courier`: brings events to sinks, beside the runs.
- `ports.Ports`: what an engine acts through.
"""
