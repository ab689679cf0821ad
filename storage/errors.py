"""What can go wrong with what is kept. Errors carry facts; the bot chooses the words."""


class StorageError(Exception):
    """Base of the errors of this package."""


class DatabaseUnusable(StorageError):
    """The database cannot be opened or is not ours."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class DatabaseUnavailable(StorageError):
    """Nothing can be written now: the disk is full, or another process holds the lock.

    The work was undone as a whole and can be tried again later.
    """


class Refused(StorageError):
    """An operator's order cannot be carried out. The message says why and what to do."""


class IdeaError(StorageError):
    """Base of the errors that are about one idea."""

    def __init__(self, idea_id: int) -> None:
        super().__init__(f"idea {idea_id}")
        self.idea_id = idea_id


class IdeaNotFound(IdeaError):
    """No idea has this number."""


class InvitationError(StorageError):
    """Base of the errors that are about an invitation."""


class InvitationNotFound(InvitationError):
    """No invitation has this token."""


class InvitationSpent(InvitationError):
    """The invitation was used before, by somebody else."""


class InvitationExpired(InvitationError):
    """The invitation is too old."""


class CodeInvalid(StorageError):
    """What was typed is not the code of an idea: a letter is wrong, missing or too many."""
