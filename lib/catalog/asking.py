"""What a person asks to import, checked before anything is read."""

from dataclasses import replace

from lib.catalog.sources import SOURCES, Request
from lib.errors import CatalogError


def checked(request: Request) -> Request:
    """Refuse what a source does not understand, and fetch what is to be downloaded.

    Parameters
    ----------
    request : Request

    Returns
    -------
    Request
        With the path of what was downloaded.

    Raises
    ------
    CatalogError
        Naming the option that is wrong.
    """
    source = SOURCES.get(request.source)
    if source is None:
        raise CatalogError(f"There is no source {request.source!r}.", hint=f"There are: {', '.join(sorted(SOURCES))}.")
    for refuse in (_refuse_numbers, _refuse_unknown, _refuse_empty):
        refuse(request)
    if request.path is not None:
        _refuse_devices(request)
    if request.download and source.fetch is not None:
        return replace(request, path=source.fetch())
    return request


def _refuse_numbers(request: Request) -> None:
    """Refuse a limit or a seed that is out of range."""
    if request.limit is not None and request.limit < 1:
        raise CatalogError(f"The limit is {request.limit}; it must be at least 1.")
    if request.seed < 0:
        raise CatalogError(f"The seed is {request.seed}; it must be a whole number from 0 on.")


def _refuse_unknown(request: Request) -> None:
    """Refuse an option that is another source's."""
    given = {"path": request.path is not None, "download": request.download, "columns": bool(request.columns)}
    for option, is_given in given.items():
        if is_given and option not in SOURCES[request.source].takes:
            flag = "--id-column and the like" if option == "columns" else f"--{option}"
            raise CatalogError(f"The source {request.source} takes no {flag}.")


def _refuse_empty(request: Request) -> None:
    """Refuse a column without a name."""
    for role, column in request.columns.items():
        if not column.strip():
            raise CatalogError(f"--{role}-column is empty.", hint="Name the column of the table, or leave it out.")


def _refuse_devices(request: Request) -> None:
    """Refuse what would never end, such as a device or a pipe, and a name that no manifest can hold."""
    root = request.root
    try:
        str(root).encode()
        is_strange = root.exists() and not (root.is_dir() or root.is_file())
    except UnicodeEncodeError as error:
        raise CatalogError(f"The path {str(root)!a} is not text.", hint="Rename the file or folder.") from error
    except OSError as error:
        raise CatalogError(f"{root} cannot be read ({error.strerror}).") from error
    if is_strange:
        raise CatalogError(f"{root} is neither a file nor a folder.", hint="Give the data set's zip, file or folder.")
