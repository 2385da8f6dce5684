"""Projects for customers: who is in them, what is to be done by when, and the hours that were spent."""

import datetime as dt
from decimal import Decimal

from pivotal.ids import CustomerId, MilestoneId, OrganizationId, ProjectId, TimeEntryId, UserId
from pivotal.labels import ProjectStatus
from qb import Col, Table, check, column, fn, foreign_key, index, new, patch, pg, references, unique
from tables.pivotal.customers import Customer
from tables.pivotal.money import AMOUNT, PRICE, ZERO, not_negative
from tables.pivotal.organizations import Organization, User
from tables.pivotal.shared import Documented, Timestamped


class Project(Documented, name="projects"):
    """Work for a customer."""

    id: Col[ProjectId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    customer_id: Col[CustomerId] = column(pg.uuid)
    name: Col[str] = column(pg.text, check=lambda name: fn.length(fn.trim(name)) > 0)
    status: Col[ProjectStatus] = column(pg.enum("project_status", ProjectStatus), default=ProjectStatus.PLANNED)
    starts_on: Col[dt.date | None] = column(pg.date, default=None)
    ends_on: Col[dt.date | None] = column(pg.date, default=None)
    budget: Col[Decimal | None] = column(AMOUNT, default=None, check=not_negative)


class ProjectMember(Table, name="project_members"):
    """That somebody works on a project of the same organization."""

    organization_id: Col[OrganizationId] = column(pg.uuid, primary_key=True)
    project_id: Col[ProjectId] = column(pg.uuid, primary_key=True)
    user_id: Col[UserId] = column(pg.uuid, primary_key=True)
    joined_at: Col[dt.datetime] = column(pg.timestamptz, default=fn.now())


class Milestone(Timestamped, name="milestones"):
    """What is to be done by a day."""

    id: Col[MilestoneId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    project_id: Col[ProjectId] = column(pg.uuid, references=references(Project.id, on_delete="cascade"))
    title: Col[str] = column(pg.text)
    due_on: Col[dt.date] = column(pg.date)
    done_at: Col[dt.datetime | None] = column(pg.timestamptz, default=None)


class TimeEntry(Documented, name="time_entries"):
    """Minutes that somebody spent on a project, and what they are worth."""

    id: Col[TimeEntryId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid)
    project_id: Col[ProjectId] = column(pg.uuid)
    user_id: Col[UserId] = column(pg.uuid)
    day: Col[dt.date] = column(pg.date)
    minutes: Col[int] = column(pg.integer, check=lambda minutes: minutes.between(1, 1_440))
    billable: Col[bool] = column(pg.boolean, default=True)
    hourly_rate: Col[Decimal] = column(PRICE, default=ZERO, check=not_negative)
    value: Col[Decimal] = column(AMOUNT, generated=fn.round(hourly_rate * minutes / 60, 2))
    note: Col[str] = column(pg.text, default="")


NewProject = new(Project)
ProjectChanges = patch(Project)
NewProjectMember = new(ProjectMember)
NewMilestone = new(Milestone)
NewTimeEntry = new(TimeEntry)

project_customer = foreign_key(
    (Project.organization_id, Project.customer_id),
    references=(Customer.organization_id, Customer.id),
    on_delete="restrict",
    name="projects_customer_fkey",
)
projects_of_customer = index("projects_customer_idx", Project.organization_id, Project.customer_id)
project_of = unique(Project.organization_id, Project.id)
project_dates = check("projects_dates_check", Project.ends_on >= Project.starts_on)
milestones_in_order = index("milestones_project_id_idx", Milestone.project_id, Milestone.due_on)
member_project = foreign_key(
    (ProjectMember.organization_id, ProjectMember.project_id),
    references=(Project.organization_id, Project.id),
    on_delete="cascade",
    name="project_members_project_fkey",
)
member_user = foreign_key(
    (ProjectMember.organization_id, ProjectMember.user_id),
    references=(User.organization_id, User.id),
    on_delete="cascade",
    name="project_members_user_fkey",
)
projects_of_user = index("project_members_user_idx", ProjectMember.organization_id, ProjectMember.user_id)
entry_project = foreign_key(
    (TimeEntry.organization_id, TimeEntry.project_id),
    references=(Project.organization_id, Project.id),
    on_delete="cascade",
    name="time_entries_project_fkey",
)
entry_user = foreign_key(
    (TimeEntry.organization_id, TimeEntry.user_id),
    references=(User.organization_id, User.id),
    deferrable=True,
    name="time_entries_user_fkey",
)
entries_in_order = index("time_entries_project_idx", TimeEntry.organization_id, TimeEntry.project_id, TimeEntry.day)
entries_of_user = index("time_entries_user_idx", TimeEntry.organization_id, TimeEntry.user_id)
