"""Fitting a trainee: optimiser, schedule, averaged weights, and what happens after each step and epoch."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from lib.errors import ModelError
from lib.models.recipes import Settings
from lib.neural.devices import accelerators, best_precision
from lib.neural.trainee import Trainee

Arrays = dict[str, npt.NDArray[np.generic]]


class DivergedError(ModelError):
    """The loss is not a number any more."""


class OutOfMemoryError(ModelError):
    """The batch does not fit into the accelerator's or the machine's memory."""


class _Rising:
    """The decay of the moving average rises with the steps, so that it never holds on to where the weights began."""

    iterations: Any
    _decay: Any

    @property
    def ema_momentum(self) -> Any:
        """``min(decay, (1 + steps) / (10 + steps))``."""
        steps = keras.ops.cast(self.iterations, "float32")
        return keras.ops.minimum(self._decay, (1.0 + steps) / (10.0 + steps))

    @ema_momentum.setter
    def ema_momentum(self, value: float) -> None:
        self._decay = value


class _AveragingAdam(_Rising, keras.optimizers.Adam):
    """Adam whose moving average of the weights forgets their start."""


class _AveragingAdamW(_Rising, keras.optimizers.AdamW):
    """AdamW whose moving average of the weights forgets their start."""


def compile_trainee(trainee: Trainee, settings: Settings, *, steps: int) -> None:
    """Give a trainee its optimiser.

    Parameters
    ----------
    trainee : Trainee
    settings : Settings
    steps : int
        In each epoch.
    """
    options: dict[str, Any] = {"learning_rate": _schedule(settings, steps)}
    if settings.average:
        options |= {"use_ema": True, "ema_momentum": settings.average}
    if settings.optimizer == "adamw":
        optimizer = _AveragingAdamW(weight_decay=settings.weight_decay, name="adamw", **options)
        optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
    else:
        optimizer = _AveragingAdam(name="adam", **options)
    trainee.compile(optimizer=optimizer, jit_compile="auto" if accelerators() else False)
    trainee.optimizer.build(trainee.trainable_variables)


def _schedule(settings: Settings, steps: int) -> Any:
    """Return the step size: risen to from zero, then held, or brought down to a hundredth along half a cosine."""
    warm, total = round(settings.warmup * steps), settings.epochs * steps
    peak = settings.learning_rate
    if settings.schedule == "cosine":
        rising = {"warmup_target": peak, "warmup_steps": warm} if warm else {}
        start = 0.0 if warm else peak
        return keras.optimizers.schedules.CosineDecay(start, max(1, total - warm), alpha=0.01, **rising)
    return keras.optimizers.schedules.PolynomialDecay(peak / warm, warm, peak) if warm else peak


@contextlib.contextmanager
def precision_of(asked: str) -> Iterator[str]:
    """Compute in a precision while the block runs.

    Parameters
    ----------
    asked : {"auto", "f32", "bf16", "f16"}
        ``auto`` takes what this machine is fastest in, see ``lib.neural.devices.best_precision``.

    Yields
    ------
    str
        What was chosen.
    """
    chosen = best_precision() if asked == "auto" else asked
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy({"f32": "float32", "bf16": "mixed_bfloat16", "f16": "mixed_float16"}[chosen])
    try:
        yield chosen
    finally:
        keras.config.set_dtype_policy(before)


class Watcher(keras.callbacks.Callback):
    """Reports steps, stops a loss that is not a number, and hands each epoch's end to its owner.

    Parameters
    ----------
    on_step : callable
        (epoch, finished steps, steps).
    on_epoch : callable
        (epoch, row of the history) -> row with more in it, and whether to stop.
    """

    def __init__(
        self,
        on_step: Callable[[int, int, int], None],
        on_epoch: Callable[[int, dict[str, float]], tuple[dict[str, float], bool]],
    ) -> None:
        super().__init__()
        self._on_step, self._on_epoch, self._epoch = on_step, on_epoch, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note which epoch it is.

        Parameters
        ----------
        epoch : int
        logs : dict, optional
        """
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Report the step.

        Parameters
        ----------
        batch : int
            From 0.
        logs : dict, optional
            Running means, the loss among them.

        Raises
        ------
        DivergedError
            If the loss is not a number.
        """
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            raise DivergedError(
                f"The loss is not a number in epoch {self._epoch + 1}, step {batch + 1}.",
                hint="Try a smaller step size: --set learning_rate=1e-4",
            )
        self._on_step(self._epoch, batch + 1, self.params["steps"])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Hand the epoch over; what its owner measured joins the logs, for the callbacks after this one.

        Parameters
        ----------
        epoch : int
            From 0.
        logs : dict, optional
            Its means.
        """
        row, stop = self._on_epoch(epoch, {key: float(value) for key, value in (logs or {}).items()})
        (logs if logs is not None else {}).update(row)
        self.model.stop_training = stop


@contextlib.contextmanager
def averaged(trainee: Trainee) -> Iterator[None]:
    """Work with the moving average of the weights while the block runs, where there is one.

    Parameters
    ----------
    trainee : Trainee

    Yields
    ------
    None
    """
    optimizer: Any = getattr(trainee.optimizer, "inner_optimizer", trainee.optimizer)  # within loss scaling, in float16
    if not optimizer.use_ema:
        yield
        return
    variables = trainee.trainable_variables
    kept = [keras.ops.convert_to_numpy(variable) for variable in variables]
    optimizer.finalize_variable_values(variables)
    try:
        yield
    finally:
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)


def state_of(trainee: Trainee) -> Arrays:
    """Return everything that goes on from here: weights, the optimiser's state, and the state of random draws.

    Parameters
    ----------
    trainee : Trainee

    Returns
    -------
    dict of str to ndarray
    """
    return {f"{place:05d}": keras.ops.convert_to_numpy(variable) for place, variable in enumerate(_variables(trainee))}


def restore(trainee: Trainee, state: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Put a state back.

    Parameters
    ----------
    trainee : Trainee
    state : dict of str to ndarray
        As of ``state_of``.

    Raises
    ------
    ModelError
        If it belongs to another network.
    """
    variables = _variables(trainee)
    fits = len(variables) == len(state) and all(
        f"{place:05d}" in state and state[f"{place:05d}"].shape == tuple(variable.shape)
        for place, variable in enumerate(variables)
    )
    if not fits:
        raise ModelError("The checkpoint belongs to another network.", hint="Start the run anew.")
    for place, variable in enumerate(variables):
        variable.assign(state[f"{place:05d}"])


def _variables(trainee: Trainee) -> list[Any]:
    return [*trainee.variables, *trainee.optimizer.variables]


def answers(trainee: Trainee, pixels: npt.NDArray[np.uint8], *, batch: int = 128) -> dict[str, npt.NDArray[np.float32]]:
    """Return the embedding and the logits of pictures as they are, in inference mode.

    Parameters
    ----------
    trainee : Trainee
    pixels : ndarray of shape (n, size, size, 3), uint8
    batch : int, default=128
        Computed together; the last one is filled up, so that there is one shape only.

    Returns
    -------
    dict of str to ndarray of shape (n, any), float32
    """
    parts: dict[str, list[npt.NDArray[np.float32]]] = {}
    for given, full in _full_batches(pixels, batch):
        for name, values in trainee.predict_on_batch(full).items():
            parts.setdefault(name, []).append(np.asarray(values, np.float32)[:given])
    return {name: np.concatenate(values) for name, values in parts.items()}


def embedded(encoder: Any, pixels: npt.NDArray[np.uint8], *, batch: int = 128) -> npt.NDArray[np.float32]:
    """Return the embedding of pictures as they are, in inference mode.

    Parameters
    ----------
    encoder : keras.Model
        As of ``lib.models.encoder.build_encoder``.
    pixels : ndarray of shape (n, size, size, 3), uint8
    batch : int, default=128

    Returns
    -------
    ndarray of shape (n, dim), float32
    """
    found = [
        np.asarray(encoder.predict_on_batch(full.astype(np.float32)), np.float32)[:given]
        for given, full in _full_batches(pixels, batch)
    ]
    return np.concatenate(found)


def _full_batches(pixels: npt.NDArray[np.uint8], batch: int) -> Iterator[tuple[int, npt.NDArray[np.uint8]]]:
    """Yield batches of one size, the last one filled up, with the number of pictures in each."""
    for start in range(0, len(pixels), batch):
        given = pixels[start : start + batch]
        yield len(given), np.concatenate([given, np.zeros((batch - len(given), *given.shape[1:]), np.uint8)])


@contextlib.contextmanager
def memory_errors(batch: int) -> Iterator[None]:
    """Turn the backends' own ways of running out of memory into one of ours.

    Parameters
    ----------
    batch : int
        Pictures a step, for the message.

    Yields
    ------
    None

    Raises
    ------
    OutOfMemoryError
    """
    refusals: tuple[type[Exception], ...] = (MemoryError, *_backend_errors())
    try:
        yield
    except refusals as error:
        signs = ("out of memory", "resource_exhausted", "oom when", "unable to allocate")
        if not isinstance(error, MemoryError) and not any(sign in str(error).lower() for sign in signs):
            raise
        raise OutOfMemoryError(
            f"A batch of {batch:,} pictures does not fit into memory.", hint=f"Try: --set batch={max(2, batch // 2)}"
        ) from error


def _backend_errors() -> tuple[type[Exception], ...]:
    """Return what a backend raises where it has no memory; JAX and PyTorch raise kinds of RuntimeError."""
    if keras.backend.backend() != "tensorflow":
        return (RuntimeError,)
    import tensorflow as tf

    return (RuntimeError, tf.errors.ResourceExhaustedError)
