"""The statements that every table has, by its key: by_id, create, patch, delete, list; of what can be restored, also
restore, purge and purge_before.

`queries` has what is asked for beyond that. A statement is a value, which any `Db` or `AsyncDb` runs:
`db.one(crud.tickets.by_id(ticket))`.
"""

from qb import crud
from tables.promptliano.chats import Chat, ChatMessage
from tables.promptliano.files import File, SelectedFile
from tables.promptliano.projects import Project
from tables.promptliano.prompts import Agent, Prompt
from tables.promptliano.queues import Queue, QueueItem
from tables.promptliano.settings import Setting, UserPreferences
from tables.promptliano.tickets import Task, Ticket

projects = crud(Project, Project.id)
tickets = crud(Ticket, Ticket.id)
tasks = crud(Task, Task.id)
chats = crud(Chat, Chat.id)
chat_messages = crud(ChatMessage, ChatMessage.id)
files = crud(File, File.id)
selected_files = crud(SelectedFile, SelectedFile.id)
prompts = crud(Prompt, Prompt.id)
agents = crud(Agent, Agent.id)
queues = crud(Queue, Queue.id)
queue_items = crud(QueueItem, QueueItem.id)
user_preferences = crud(UserPreferences, UserPreferences.id)
settings = crud(Setting, Setting.id)
