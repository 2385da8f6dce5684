"""Views and materialized views: read as tables are, written where PostgreSQL lets them, refreshed, altered, refused."""

from __future__ import annotations

import pickle

import pytest

from qb import (
    Col,
    DefinitionError,
    QueryError,
    Shape,
    Success,
    Table,
    Target,
    Tx,
    column,
    compile,
    connect,
    create_all,
    delete,
    drop_all,
    fn,
    identity,
    index,
    insert,
    insert_from,
    materialized_view,
    new,
    refresh,
    schema,
    select,
    sql,
    subquery,
    update,
    view,
)
from qb.ddl.operation import Alter, Comment, Create, Drop, Grant
from qb.ddl.plan import undone
from qb.model.materialized_view import MaterializedView
from qb.model.named_query import object_in
from qb.model.object import Identity
from qb.model.view import View
from qb.render.ddl.script import planned


class Worker(Table, name="workers of views"):
    id: Col[int] = column(primary_key=True, default=identity())
    name: Col[str] = column(name="full name")
    active: Col[bool] = column(default=True)
    changed: Col[int] = column(default=0, on_update=7)


class Job(Table, name="jobs of views"):
    id: Col[int] = column(primary_key=True, default=identity())
    worker_id: Col[int] = column(references=Worker.id)


class Load(Shape):
    worker_id: Col[int]
    jobs: Col[int] = column(name="number of jobs")


active = view("active workers", select(Worker).where(Worker.active), check_option="cascaded")
loads = materialized_view("loads of views", select(Job.worker_id, fn.count()).group_by(Job.worker_id).map(Load))
by_worker = index("loads of views idx", loads.worker_id, unique=True)
everything = schema(active, by_worker, loads, Job, Worker)


@pytest.fixture
def tx(qb_tx: Tx) -> Tx:
    qb_tx.run(create_all(everything)).unwrap()
    qb_tx.execute(insert(new(Worker)(name="Ada"), new(Worker)(name="Kurt", active=False))).unwrap()
    qb_tx.execute(insert(new(Job)(worker_id=1), new(Job)(worker_id=1))).unwrap()
    return qb_tx


def object_of(relation: object) -> View | MaterializedView:
    found = object_in(relation)
    assert isinstance(found, View | MaterializedView)
    return found


def test_it_is_read_as_a_table(tx: Tx) -> None:
    ada = Worker(id=1, name="Ada", active=True, changed=0)
    assert tx.all(select(active).where(active.name == "Ada")) == Success([ada])
    assert tx.all(select(active.name, Job.id).join(Job, on=Job.worker_id == active.id).order_by(Job.id)) == Success(
        [("Ada", 1), ("Ada", 2)]
    )
    counted = subquery(select(active.id, fn.count()).group_by(active.id).map(Load))
    assert tx.all(select(counted)) == Success([Load(worker_id=1, jobs=1)])


def test_it_is_written_through(tx: Tx) -> None:
    assert tx.execute(insert(active, active.name.to("Grace"))) == Success(1)
    assert tx.one(update(active).set(active.name.to("Gracia")).where(active.id == 3).returning(active.changed)) == (
        Success(7)  # what on_update sets is set here, too
    )
    assert tx.execute(insert_from(active, select(Worker.name), active.name)) == Success(3)
    assert tx.execute(update(active).set(active.name.to("x")).where(active.name == "Kurt")) == Success(1)
    assert tx.execute(delete(active).where(active.id > 1)) == Success(4)


def test_the_check_option_refuses_what_it_would_not_show(tx: Tx) -> None:
    refused = tx.execute(insert(active, active.name.to("Emmy"), active.active.to(False))).failure()
    assert refused.sqlstate == "44000"


def test_a_materialized_view_has_the_rows_of_its_last_refresh(tx: Tx) -> None:
    assert tx.all(select(loads)) == Success([])
    assert tx.execute(refresh(loads)) == Success(0)
    assert tx.all(select(loads)) == Success([Load(worker_id=1, jobs=2)])
    tx.execute(insert(new(Job)(worker_id=1))).unwrap()
    assert tx.execute(refresh(loads, concurrently=True)) == Success(0)
    assert tx.one(select(loads.jobs)) == Success(3)
    assert tx.execute(refresh(loads, with_data=False)) == Success(0)
    assert tx.all(select(loads)).failure().sqlstate == "55000"


def test_sql_of_ones_own_names_its_columns(qb_tx: Tx) -> None:
    own = view(
        "own of views", sql('SELECT count(*) AS "number of jobs", worker_id FROM {t} GROUP BY 2', t=Job).rows(Load)
    )
    assert object_of(own).columns == ()
    made = schema(own, Worker, Job)
    assert [each.kind for each in made.roots] == ["table", "table", "view"]
    qb_tx.run(create_all(made)).unwrap()
    qb_tx.execute(insert(new(Worker)(name="Ada"))).unwrap()
    qb_tx.execute(insert(new(Job)(worker_id=1))).unwrap()
    assert qb_tx.one(select(own)) == Success(Load(worker_id=1, jobs=1))
    qb_tx.run(drop_all(made)).unwrap()


def test_a_view_of_a_view_comes_after_it() -> None:
    first = view("z first", select(Worker), schema="halls of views")
    second = view("a second", select(first))
    found = schema(second, first, Worker)
    assert [each.identity.name for each in found.roots] == ["halls of views", "workers of views", "z first", "a second"]
    assert Identity("view", "halls of views", "", "z first") in object_of(second).needs
    assert found == schema(Worker, first, second)
    assert object_of(first) == object_of(view("z first", select(Worker), schema="halls of views"))
    assert object_of(first) != object_of(view("z first", select(Worker).where(Worker.active), schema="halls of views"))


def test_it_is_altered_where_postgresql_can(tx: Tx) -> None:
    before = object_of(active)
    after = object_of(view("active workers", select(Worker).where(Worker.active, Worker.id > 1), security_barrier=True))
    changes = [Alter(before, after), Comment(before, "it's active"), Grant(before, ("select",), "public")]
    tx.run(planned(changes, Target())).unwrap()  # type: ignore[arg-type]
    assert tx.all(select(active)) == Success([])
    back = undone(changes)  # type: ignore[arg-type]
    assert back is not None
    tx.run(planned(back, Target())).unwrap()
    assert len(tx.all(select(active)).unwrap()) == 1
    fewer = object_of(view("active workers", select(Worker.id, fn.length(Worker.name)).map(Load)))
    with pytest.raises(DefinitionError, match="view active workers keeps its columns id, full name, active, changed"):
        Alter(before, fewer)
    more = View(None, before.name, (*before.columns, "more"), before.body)
    assert Alter(View(None, before.name, before.columns, before.body), more).inverse is None


def test_a_materialized_view_is_replaced_and_its_indexes_are_altered(tx: Tx) -> None:
    before, after = (of.others[0] for of in (everything, schema(loads, Job, Worker)))
    assert isinstance(before, MaterializedView)
    tx.run(planned([Alter(before, after), Comment(before, "kept"), Alter(after, before)], Target())).unwrap()
    other = object_of(materialized_view("loads of views", select(Job.worker_id, Job.id).map(Load)))
    with pytest.raises(DefinitionError, match="cannot be altered in its body: drop it and create it anew"):
        Alter(before, other)
    tx.run(planned([Drop(before), Create(other)], Target())).unwrap()


def test_what_is_there_already_is_left_as_it_is(tx: Tx) -> None:
    tx.run(create_all(everything, if_not_exists=True)).unwrap()
    for _ in range(2):
        tx.run(drop_all(everything, if_exists=True)).unwrap()


def test_an_older_server_lacks_the_rights_of_the_caller() -> None:
    made = schema(Worker, view("v of views", select(Worker), security_invoker=True))
    with pytest.raises(DefinitionError, match="v of views: security_invoker came with PostgreSQL 15"):
        create_all(made, target=Target(14))


def test_what_it_says_of_itself() -> None:
    assert (repr(active), repr(loads)) == ("<view active workers>", "<materialized view loads of views>")
    with pytest.raises(AttributeError, match="active workers has no column 'nothing': it has id, name"):
        active.nothing  # type: ignore[attr-defined]
    assert compile(refresh(loads, concurrently=True)).sql == b'REFRESH MATERIALIZED VIEW CONCURRENTLY "loads of views"'


def test_a_query_in_a_definition_has_no_values_of_pythons(qb_url: str) -> None:
    hostile = view("v'of\"views", select(Worker).where(Worker.name == "it's \\ %s $1 {x}"))
    with connect(qb_url) as db, db.transaction(rollback=True) as tx:
        tx.run(create_all(schema(Worker, hostile))).unwrap()
        tx.execute(insert(hostile, hostile.name.to("it's \\ %s $1 {x}"))).unwrap()
        assert len(tx.all(select(hostile)).unwrap()) == 1


WRONG = [
    (lambda: view("v", select(Worker.id)), QueryError, "the columns of a view need names: end the query with .map"),  # type: ignore[type-var]
    (
        lambda: materialized_view("v", select(Worker.id, Worker.name)),  # type: ignore[type-var]
        QueryError,
        "the columns of a materialized view need names",
    ),
    (lambda: view("", select(Worker)), DefinitionError, "a view"),
    (lambda: view("v", select(Worker), schema="s" * 64), DefinitionError, "the schema of the view 'v'"),
    (lambda: view("v", Worker), DefinitionError, r"the view 'v' takes a query such as select\(User\)"),  # type: ignore[arg-type]
    (lambda: view("v", select(Worker), check_option="some"), DefinitionError, 'check_option is "local" or "cascaded"'),  # type: ignore[arg-type]
    (lambda: refresh(active), QueryError, r"refresh takes what materialized_view\(...\) gave, not <view active"),
    (lambda: refresh(loads, concurrently=True, with_data=False), QueryError, "concurrently keeps its rows"),
    (lambda: update(loads), QueryError, "update: loads of views is a materialized view, whose rows only refresh"),  # type: ignore[type-var]
    (lambda: delete(loads), QueryError, "delete: loads of views is a materialized view"),  # type: ignore[type-var]
    (lambda: insert(loads), QueryError, "insert: loads of views is a materialized view"),  # type: ignore[type-var]
    (lambda: schema(active), DefinitionError, "the view active workers needs the table workers of views, which is not"),
    (lambda: schema(by_worker, Job, Worker), DefinitionError, "the index 'loads of views idx' is on loads of views"),
    (
        lambda: schema(Worker, active, index("on a view", active.name)),
        DefinitionError,
        "the index 'on a view' is on the view active workers, which has none",
    ),
    (
        lambda: schema(Worker, active, view("active workers", select(Worker))),
        DefinitionError,
        "the view active workers is declared twice, in two ways",
    ),
    (
        lambda: schema(Worker, view("workers of views", select(Worker))),
        DefinitionError,
        "the table workers of views and the view workers of views are both called",
    ),
    (
        lambda: schema(Job, Worker, loads, index("jobs of views", loads.jobs)),
        DefinitionError,
        "the index of the materialized view loads of views .number of jobs. are both called 'jobs of views'",
    ),
]


@pytest.mark.parametrize(("wrong", "error", "message"), WRONG, ids=[message for *_, message in WRONG])
def test_what_cannot_be(wrong: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        wrong()  # type: ignore[operator]


def test_all_that_is_missing_is_said_together() -> None:
    with pytest.raises(DefinitionError) as found:
        schema(active, view("other", select(Job)))
    assert str(found.value).splitlines() == [
        f"the view {view} needs the table {table}, which is not in the schema: add the table, or its module"
        for view, table in (("active workers", "workers of views"), ("other", "jobs of views"))
    ]


def test_it_pickles() -> None:
    assert pickle.loads(pickle.dumps(object_of(active))) == object_of(active)
