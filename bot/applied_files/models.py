"""What was applied from files, as a table."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class AppliedFile(SQLModel, table=True):
    """A file that was applied, so that it is noticed when it goes, or somebody else changes it."""

    __tablename__ = "applied_file"

    tenant: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)  # `template`, `sender`, `report`
    code: str = Field(primary_key=True)  # the name of the file, without its ending
    folder: str  # what the folder is called, if a tenant has several
    thing: str  # what was stored: the id of a report, else the code
    state: str  # its version, revision or time of change, as the file has left it
    applied_at: datetime
