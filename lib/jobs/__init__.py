"""Jobs: stages that run in the background, one at a time, and outlive the page that asked for them.

A job is a command line, ``python -m lib ...``, in a process of its own. Whoever submits one starts a worker, which runs
what is queued in order and ends when nothing is. Everything that is known about a job lies in a folder of its own below
the artifacts, so any page, in any dashboard, can watch it, stop it and go on with it.
"""

from lib.jobs.job import CANCELLED, DAMAGED, DIED, DONE, FAILED, QUEUED, RUNNING, Job
from lib.jobs.queue import cancel, find_job, forget, job_log, jobs, jobs_asking_for, resume, submit, tend
from lib.jobs.words import catalog_of, runnable, title_of

__all__ = [
    "CANCELLED",
    "DAMAGED",
    "DIED",
    "DONE",
    "FAILED",
    "QUEUED",
    "RUNNING",
    "Job",
    "cancel",
    "catalog_of",
    "find_job",
    "forget",
    "job_log",
    "jobs",
    "jobs_asking_for",
    "resume",
    "runnable",
    "submit",
    "tend",
    "title_of",
]
