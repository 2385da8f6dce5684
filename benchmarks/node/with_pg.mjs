// pg alone: named statements, which it prepares, and a cursor for what does not fit into memory.

import pg from "pg";
import Cursor from "pg-cursor";

import { byTasks, COLUMNS, CONNECTIONS } from "./tools.mjs";

const NEW = COLUMNS.slice(1, -1).join(", ");
const TYPES = `
  public_id uuid, project_id bigint, title text, overview text, status text, priority text, position integer,
  archived boolean, assignee text, tags jsonb, metadata jsonb, created_at timestamptz, updated_at timestamptz`;
const LISTED = `
  (select coalesce(json_agg(json_build_object('id', t.id, 'content', t.content, 'done', t.done, 'position', t.position)
    order by t.position), '[]') from tasks t where t.ticket_id = tickets.id) as tasks`;
const SQL = {
  one: `select ${COLUMNS} from tickets where id = $1 and deleted_at is null`,
  built: `select ${COLUMNS} from tickets where id = $1 and position >= $2 and title <> $3 order by id limit 1`,
  many: `select ${COLUMNS} from tickets where id <= $1 order by id`,
  joined: `
    select ${COLUMNS}, listed.* from tickets cross join lateral (
      select coalesce(json_agg(json_build_object('id', t.id, 'content', t.content, 'done', t.done,
        'position', t.position) order by t.position), '[]') as tasks,
        count(*)::int as task_count, (count(*) filter (where t.done))::int as done_count
      from tasks t where t.ticket_id = tickets.id) listed
    where project_id = $1 and deleted_at is null order by id`,
  nested: `select id, title, ${LISTED} from tickets where id >= $1 order by id limit $2`,
  remove: "delete from intake where id = any($1::bigint[])",
  update: `update intake set title = c.title, position = c.position
    from json_to_recordset($1::json) as c(id bigint, title text, position integer) where c.id = intake.id`,
};
const insert = (table) => `insert into ${table} (${NEW}) select ${NEW} from json_to_recordset($1::json) as r(${TYPES})`;
const UPSERT = `${insert("intake")} on conflict (public_id) do update
  set title = excluded.title, position = excluded.position, updated_at = excluded.updated_at`;

export async function open(_, at) {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const client = new pg.Client(at);
  await client.connect();
  let pool = null;
  const named = (name, text, ...values) => ({ name, text, values });
  const all = async (...query) => (await client.query(named(...query))).rows;
  const fetch = async (from, id) => (await from.query(named("one", SQL.one, id))).rows[0];
  const run = (text, rows) => client.query(text, [JSON.stringify(Array.isArray(rows) ? rows : [...rows])]);

  async function* stream(count, size) {
    const cursor = client.query(new Cursor(SQL.many, [count]));
    try {
      for (let rows = await cursor.read(size); rows.length; rows = await cursor.read(size)) yield* rows;
    } finally {
      await cursor.close();
    }
  }

  const methods = {
    single_fetch: (id) => fetch(client, id),
    built: async (id) => (await client.query(SQL.built, [id, 0, "none"])).rows[0],
    prepared: async (id) => (await all("built", SQL.built, id, 0, "none"))[0],
    convert: (count) => all("many", SQL.many, count),
    stream: (count) => stream(count, 500),
    stream_by: stream,
    complex_join: (project) => all("joined", SQL.joined, project),
    nested: (first, count) => all("nested", SQL.nested, first, count),
    bulk_insert: (rows) => run(insert("tickets"), rows),
    insert: (rows) => run(insert("intake"), rows),
    insert_returning: async (rows) => (await run(`${insert("intake")} returning id`, rows)).rows.map((row) => row.id),
    upsert: (rows) => run(UPSERT, rows),
    update: (changes) => run(SQL.update, changes),
    delete: (ids) => all("remove", SQL.remove, ids),
    async transaction(ids) {
      await client.query("begin");
      try {
        const found = [];
        for (const id of ids) found.push(await fetch(client, id));
        await client.query("commit");
        return found;
      } catch (error) {
        await client.query("rollback");
        throw error;
      }
    },
    tasks(count, ids) {
      pool ??= new pg.Pool({ ...at, max: CONNECTIONS });
      return byTasks((id) => fetch(pool, id), count, ids);
    },
  };
  return {
    libraries: ["pg", "pg-cursor"],
    methods,
    absent: {
      pipeline: "pg sends a statement when the one before was answered",
      threads: "Node has one thread for a program's JavaScript",
      compile: "pg builds no SQL",
      look_up: "pg builds no SQL",
    },
    async close() {
      await pool?.end();
      await client.end();
    },
  };
}
