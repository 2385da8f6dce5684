// Kysely over pg, as its documentation shows: built anew for each call, json_agg for lists, a cursor for streams.

import { Kysely, PostgresDialect } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import pg from "pg";
import Cursor from "pg-cursor";

import { blocks, byTasks, COLUMNS, CONNECTIONS, counted } from "./tools.mjs";

const json = (row) => ({ ...row, tags: JSON.stringify(row.tags), metadata: JSON.stringify(row.metadata) });

export async function open(_, at) {
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const connected = (max) =>
    new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ ...at, max }), cursor: Cursor }) });
  const db = connected(1);
  let pooled = null;

  const one = (on, id) =>
    on.selectFrom("tickets").select(COLUMNS).where("id", "=", id).where("deleted_at", "is", null)
      .executeTakeFirstOrThrow();
  const built = (id) =>
    db.selectFrom("tickets").select(COLUMNS).where("id", "=", id).where("position", ">=", 0).where("title", "!=", "none")
      .orderBy("id").limit(1);
  const many = (count) => db.selectFrom("tickets").select(COLUMNS).where("id", "<=", count).orderBy("id");
  const tasks = (eb) =>
    jsonArrayFrom(
      eb.selectFrom("tasks").select(["id", "content", "done", "position"])
        .whereRef("tasks.ticket_id", "=", "tickets.id").orderBy("position"),
    ).as("tasks");
  const insert = async (table, rows) => {
    await db.transaction().execute(async (on) => {
      for (const block of blocks(rows)) await on.insertInto(table).values(block.map(json)).execute();
    });
  };

  const methods = {
    single_fetch: (id) => one(db, id),
    built: (id) => built(id).executeTakeFirstOrThrow(),
    look_up: (id) => built(id).compile().sql,
    compile(joins, number) {
      let query = db.selectFrom("tickets").select("tickets.title");
      for (let place = 0; place < joins; place++) {
        const name = `t${number}_${place}`;
        query = query.innerJoin(`tasks as ${name}`, `${name}.ticket_id`, "tickets.id");
      }
      return query.where("tickets.project_id", "=", number).where("tickets.position", ">=", 0)
        .orderBy("tickets.id").limit(10).offset(20).compile().sql;
    },
    convert: (count) => many(count).execute(),
    stream: (count) => many(count).stream(500),
    stream_by: (count, size) => many(count).stream(size),
    async complex_join(project) {
      const found = await db.selectFrom("tickets").select(COLUMNS).select(tasks)
        .where("project_id", "=", project).where("deleted_at", "is", null).orderBy("id").execute();
      return found.map(counted);
    },
    nested: (first, count) =>
      db.selectFrom("tickets").select(["id", "title"]).select(tasks).where("id", ">=", first).orderBy("id")
        .limit(count).execute(),
    bulk_insert: (rows) => insert("tickets", rows),
    insert: (rows) => insert("intake", rows),
    insert_returning: (rows) =>
      db.transaction().execute(async (on) => {
        const found = [];
        for (const block of blocks(rows)) {
          const ids = await on.insertInto("intake").values(block.map(json)).returning("id").execute();
          for (const { id } of ids) found.push(id);
        }
        return found;
      }),
    upsert: (rows) =>
      db.transaction().execute(async (on) => {
        for (const block of blocks(rows)) {
          await on.insertInto("intake").values(block.map(json))
            .onConflict((conflict) =>
              conflict.column("public_id").doUpdateSet((eb) => ({
                title: eb.ref("excluded.title"),
                position: eb.ref("excluded.position"),
                updated_at: eb.ref("excluded.updated_at"),
              })),
            )
            .execute();
        }
      }),
    update: (changes) =>
      db.transaction().execute(async (on) => {
        for (const { id, ...values } of changes) {
          await on.updateTable("intake").set(values).where("id", "=", id).execute();
        }
      }),
    delete: (ids) => db.deleteFrom("intake").where("id", "in", ids).execute(),
    transaction: (ids) =>
      db.transaction().execute(async (on) => {
        const found = [];
        for (const id of ids) found.push(await one(on, id));
        return found;
      }),
    tasks(count, ids) {
      pooled ??= connected(CONNECTIONS);
      return byTasks((id) => one(pooled, id), count, ids);
    },
  };
  return {
    libraries: ["kysely", "pg"],
    methods,
    absent: {
      prepared: "Kysely has neither placeholders nor named statements",
      pipeline: "pg, on which it stands, sends a statement when the one before was answered",
      threads: "Node has one thread for a program's JavaScript",
    },
    async close() {
      await pooled?.destroy();
      await db.destroy();
    },
  };
}
