// What the peers on Node share.

export const CONNECTIONS = 8;
export const BLOCK = 1000; // rows of one statement: PostgreSQL takes 65,535 parameters

export const COLUMNS = [
  "id", "public_id", "project_id", "title", "overview", "status", "priority", "position", "archived", "assignee",
  "tags", "metadata", "created_at", "updated_at", "deleted_at",
];

export function* blocks(rows) {
  let block = [];
  for (const row of rows) {
    block.push(row);
    if (block.length === BLOCK) {
      yield block;
      block = [];
    }
  }
  if (block.length) yield block;
}

export async function byTasks(fetch, count, ids) {
  const found = new Array(ids.length);
  const run = async (first) => {
    for (let place = first; place < ids.length; place += count) found[place] = await fetch(ids[place]);
  };
  await Promise.all(Array.from({ length: count }, (_, first) => run(first)));
  return found;
}

export const counted = (ticket) => ({
  ...ticket,
  task_count: ticket.tasks.length,
  done_count: ticket.tasks.filter((task) => task.done).length,
});
