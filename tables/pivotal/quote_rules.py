"""What triggers hold of quotes: what they come to, what changes in a draft alone, and what was sent, which stays.

What a quote comes to is nobody's to write: a trigger adds its lines up whenever it, or one of them, changes.
"""

from pivotal.labels import QuoteStatus
from qb import sql, trigger, trigger_function
from tables.pivotal.quotes import Quote, QuoteLine, QuoteVersion, QuoteVersionLine

# ---------------------------------------------------------------------------------------------------------------- sums

quote_sums = trigger_function(
    "quote_sums",
    sql(
        """
        BEGIN
          SELECT coalesce(sum(l.subtotal), 0), coalesce(sum(l.discount), 0), coalesce(sum(l.tax), 0)
          INTO NEW.subtotal, NEW.discount, NEW.tax FROM {lines} l WHERE l.quote_id = NEW.id;
          RETURN NEW;
        END
        """,
        lines=QuoteLine,
    ),
    comment="a quote comes to what its lines do, whatever is written",
)
summed = trigger(Quote, quote_sums, before=["insert", "update"])
quote_lines_changed = trigger_function(
    "quote_lines_changed",
    sql(
        """
        BEGIN
          IF tg_op <> 'INSERT' THEN
            UPDATE {quotes} SET updated_at = now() WHERE id = OLD.quote_id;
          END IF;
          IF tg_op = 'INSERT' OR (tg_op = 'UPDATE' AND NEW.quote_id <> OLD.quote_id) THEN
            UPDATE {quotes} SET updated_at = now() WHERE id = NEW.quote_id;
          END IF;
          RETURN NULL;
        END
        """,
        quotes=Quote,
    ),
)
line_changed = trigger(QuoteLine, quote_lines_changed, after=["insert", "update", "delete"])

# ------------------------------------------------------------------------------------------------------------- drafts

drafts_alone = trigger_function(
    "quote_lines_of_drafts",
    sql(
        """
        DECLARE
          -- A rate may go: a line of a quote that was sent forgets it, and keeps what it costs.
          forgotten text[] := '{{rate_item_id,updated_at,subtotal,discount,tax,total}}';
        BEGIN
          IF tg_op = 'UPDATE' AND NEW.rate_item_id IS NULL AND OLD.rate_item_id IS NOT NULL AND
             to_jsonb(NEW) - forgotten = to_jsonb(OLD) - forgotten THEN
            RETURN NEW;
          END IF;
          -- Locked, and looked at then: whoever sends the quote meanwhile is waited for.
          IF (
            SELECT bool_or(q.status <> 'draft') FROM (
              SELECT status FROM {quotes} WHERE id IN (NEW.quote_id, OLD.quote_id) ORDER BY id FOR NO KEY UPDATE
            ) q
          ) THEN
            RAISE EXCEPTION 'the quote is no draft any more, so its lines stay as they are' USING ERRCODE = '23514';
          END IF;
          RETURN coalesce(NEW, OLD);
        END
        """,
        quotes=Quote,
    ),
)
frozen_lines = trigger(QuoteLine, drafts_alone, before=["insert", "update", "delete"])

version_stays = trigger_function(
    "quote_version_stays",
    sql(
        """
        DECLARE
          forgotten text[] := '{{created_by,updated_at}}';
        BEGIN
          IF to_jsonb(NEW) - forgotten <> to_jsonb(OLD) - forgotten THEN
            RAISE EXCEPTION 'what was sent stays as it was' USING ERRCODE = '23514';
          END IF;
          RETURN NULL;
        END
        """
    ),
    comment="a version may forget who made it, as he may go, and nothing else",
)
versions_stay = trigger(QuoteVersion, version_stays, after="update")
version_lines_stay = trigger(QuoteVersionLine, version_stays, after="update")

version_kept = trigger_function(
    "quote_version_kept",
    sql(
        """
        BEGIN
          -- With the quote itself they go: then it is there no more.
          IF EXISTS (SELECT FROM {quotes} WHERE id = OLD.quote_id) THEN
            RAISE EXCEPTION 'a version stays as long as its quote' USING ERRCODE = 'QV001';
          END IF;
          RETURN OLD;
        END
        """,
        quotes=Quote,
    ),
)
versions_are_kept = trigger(QuoteVersion, version_kept, before="delete")
version_line_kept = trigger_function(
    "quote_version_line_kept",
    sql(
        """
        BEGIN
          IF EXISTS (SELECT FROM {versions} WHERE id = OLD.quote_version_id) THEN
            RAISE EXCEPTION 'a line of a version stays as long as that' USING ERRCODE = 'QV001';
          END IF;
          RETURN OLD;
        END
        """,
        versions=QuoteVersion,
    ),
)
version_lines_are_kept = trigger(QuoteVersionLine, version_line_kept, before="delete")

no_way_back = trigger_function(
    "quote_no_way_back",
    sql(
        """
        BEGIN
          RAISE EXCEPTION 'the quote went out: it is answered, and nothing else any more' USING ERRCODE = 'QV002';
        END
        """
    ),
    comment="what was sent is accepted or rejected, and what was answered stays so",
)
answers_alone = trigger(
    Quote,
    no_way_back,
    before="update",
    of=Quote.status,
    when=lambda old, new: (
        (
            (old.status == QuoteStatus.SENT)
            & new.status.not_in([QuoteStatus.SENT, QuoteStatus.ACCEPTED, QuoteStatus.REJECTED])
        )
        | (old.status.in_([QuoteStatus.ACCEPTED, QuoteStatus.REJECTED]) & (new.status != old.status))
    ),
)

# A TRUNCATE fires no trigger of a row: no sum would follow, and no draft would be asked for.
row_by_row = trigger_function(
    "row_by_row",
    sql(
        """
        BEGIN
          RAISE EXCEPTION '% is not truncated: its rows are deleted, one by one', tg_table_name USING ERRCODE = 'QV003';
        END
        """
    ),
)
lines_row_by_row = trigger(QuoteLine, row_by_row, before="truncate", for_each="statement")
versions_row_by_row = trigger(QuoteVersion, row_by_row, before="truncate", for_each="statement")
version_lines_row_by_row = trigger(QuoteVersionLine, row_by_row, before="truncate", for_each="statement")
