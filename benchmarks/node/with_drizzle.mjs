// Drizzle on postgres.js and on pg, as its documentation recommends: prepared statements with placeholders, relational
// queries for lists.

import { and, eq, gte, inArray, isNull, lte, ne, relations, sql } from "drizzle-orm";
import {
  alias, bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid,
} from "drizzle-orm/pg-core";

import { blocks, byTasks, CONNECTIONS, counted } from "./tools.mjs";

const id = () => bigint({ mode: "number" }).primaryKey().generatedByDefaultAsIdentity();
const at = () => timestamp({ withTimezone: true, mode: "date" });
const columns = () => ({
  id: id(),
  public_id: uuid().notNull(),
  project_id: bigint({ mode: "number" }).notNull(),
  title: text().notNull(),
  overview: text().notNull(),
  status: text().notNull(),
  priority: text().notNull(),
  position: integer().notNull(),
  archived: boolean().notNull(),
  assignee: text(),
  tags: jsonb().notNull(),
  metadata: jsonb().notNull(),
  created_at: at().notNull(),
  updated_at: at().notNull(),
  deleted_at: at(),
});
const tickets = pgTable("tickets", columns());
const intake = pgTable("intake", columns());
const tasks = pgTable("tasks", {
  id: id(),
  ticket_id: bigint({ mode: "number" }).notNull().references(() => tickets.id),
  content: text().notNull(),
  done: boolean().notNull(),
  position: integer().notNull(),
});
const schema = {
  tickets,
  tasks,
  ticketsRelations: relations(tickets, ({ many }) => ({ tasks: many(tasks) })),
  tasksRelations: relations(tasks, ({ one }) => ({
    ticket: one(tickets, { fields: [tasks.ticket_id], references: [tickets.id] }),
  })),
};
const listed = {
  tasks: {
    columns: { id: true, content: true, done: true, position: true },
    orderBy: (task, { asc }) => [asc(task.position)],
  },
};
const the = (name) => sql.placeholder(name);

async function connected(name, where, max) {
  if (name === "drizzle-pg") {
    const [{ drizzle }, { default: pg }] = await Promise.all([import("drizzle-orm/node-postgres"), import("pg")]);
    const pool = new pg.Pool({ ...where, max });
    return { db: drizzle(pool, { schema }), end: () => pool.end() };
  }
  const [{ drizzle }, { default: postgres }] = await Promise.all([import("drizzle-orm/postgres-js"), import("postgres")]);
  const client = postgres({ ...where, max });
  return { db: drizzle(client, { schema }), end: () => client.end() };
}

const single = (db) =>
  db.select().from(tickets).where(and(eq(tickets.id, the("id")), isNull(tickets.deleted_at))).prepare("single");

export async function open(name, where) {
  const { db, end } = await connected(name, where, 1);
  let pooled = null;
  const one = single(db);
  const three = (id, least, other) =>
    db.select().from(tickets).where(and(eq(tickets.id, id), gte(tickets.position, least), ne(tickets.title, other)))
      .orderBy(tickets.id).limit(1);
  const prepared = three(the("id"), the("least"), the("other")).prepare("three");
  const many = db.select().from(tickets).where(lte(tickets.id, the("count"))).orderBy(tickets.id).prepare("many");
  const joined = db.query.tickets.findMany({
    where: and(eq(tickets.project_id, the("project")), isNull(tickets.deleted_at)),
    orderBy: tickets.id,
    with: listed,
  }).prepare("joined");
  const nested = db.query.tickets.findMany({
    columns: { id: true, title: true },
    where: gte(tickets.id, the("first")),
    orderBy: tickets.id,
    limit: the("count"),
    with: listed,
  }).prepare("nested");
  const insert = (table, rows) =>
    db.transaction(async (on) => {
      for (const block of blocks(rows)) await on.insert(table).values(block);
    });

  const methods = {
    single_fetch: async (id) => (await one.execute({ id }))[0],
    built: async (id) => (await three(id, 0, "none"))[0],
    prepared: async (id) => (await prepared.execute({ id, least: 0, other: "none" }))[0],
    look_up: (id) => three(id, 0, "none").toSQL().sql,
    compile(joins, number) {
      let query = db.select({ title: tickets.title }).from(tickets).$dynamic();
      for (let place = 0; place < joins; place++) {
        const task = alias(tasks, `t${number}_${place}`);
        query = query.innerJoin(task, eq(task.ticket_id, tickets.id));
      }
      return query.where(and(eq(tickets.project_id, number), gte(tickets.position, 0)))
        .orderBy(tickets.id).limit(10).offset(20).toSQL().sql;
    },
    convert: (count) => many.execute({ count }),
    complex_join: async (project) => (await joined.execute({ project })).map(counted),
    nested: (first, count) => nested.execute({ first, count }),
    bulk_insert: (rows) => insert(tickets, rows),
    insert: (rows) => insert(intake, rows),
    insert_returning: (rows) =>
      db.transaction(async (on) => {
        const found = [];
        for (const block of blocks(rows)) {
          for (const { id } of await on.insert(intake).values(block).returning({ id: intake.id })) found.push(id);
        }
        return found;
      }),
    upsert: (rows) =>
      db.transaction(async (on) => {
        for (const block of blocks(rows)) {
          await on.insert(intake).values(block).onConflictDoUpdate({
            target: intake.public_id,
            set: {
              title: sql`excluded.title`,
              position: sql`excluded.position`,
              updated_at: sql`excluded.updated_at`,
            },
          });
        }
      }),
    update: (changes) =>
      db.transaction(async (on) => {
        for (const { id, ...values } of changes) await on.update(intake).set(values).where(eq(intake.id, id));
      }),
    delete: (ids) => db.delete(intake).where(inArray(intake.id, ids)),
    transaction: (ids) =>
      db.transaction(async (on) => {
        const statement = single(on);
        const found = [];
        for (const id of ids) found.push((await statement.execute({ id }))[0]);
        return found;
      }),
    async tasks(count, ids) {
      if (pooled === null) {
        pooled = await connected(name, where, CONNECTIONS);
        pooled.one = single(pooled.db);
      }
      return byTasks(async (id) => (await pooled.one.execute({ id }))[0], count, ids);
    },
  };
  return {
    libraries: ["drizzle-orm", name === "drizzle-pg" ? "pg" : "postgres"],
    methods,
    absent: {
      stream: "Drizzle has no streams for PostgreSQL",
      stream_by: "Drizzle has no streams for PostgreSQL",
      pipeline: "Drizzle has no way to send statements together",
      threads: "Node has one thread for a program's JavaScript",
    },
    async close() {
      await pooled?.end();
      await end();
    },
  };
}
