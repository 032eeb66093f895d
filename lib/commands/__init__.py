"""The commands of ``python -m lib``, one module a group: each parses its words and calls the library."""

from lib.commands import (
    build,
    cluster,
    embed,
    evaluate,
    imports,
    inspect,
    project,
    publish,
    remove,
    report,
    search,
    share,
    threshold,
    train,
    transfer,
)

#: What adds each command to the parser, in the order in which ``--help`` lists them.
COMMANDS = (
    imports.add,
    embed.add,
    train.add,
    share.add,
    remove.add,
    search.add,
    evaluate.add,
    threshold.add,
    cluster.add,
    project.add,
    transfer.add_export,
    transfer.add_import,
    build.add,
    report.add,
    publish.add,
    inspect.add_list,
    inspect.add_doctor,
)
