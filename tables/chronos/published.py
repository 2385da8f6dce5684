"""Whoever shows content is told when it is published: by a trigger, whoever publishes it."""

from chronos.documents import Published
from qb import channel, sql, trigger, trigger_function
from tables.chronos.cms import BlogPost, DocsPage

PUBLISHED = channel("cms_published", Published)
"""Told once for each page that is published, or changed after it was."""

tell = trigger_function(
    "cms_tell_published",
    sql(
        """
        BEGIN
          PERFORM pg_notify({c}, json_build_object('collection', tg_table_name, 'slug', NEW.slug)::text);
          RETURN NULL;
        END
        """,
        c=PUBLISHED.name,
    ),
)

post_inserted = trigger(
    BlogPost, tell, after="insert", when=lambda old, new: new.status == "published", name="cms_blog_posts_inserted"
)
post_published = trigger(
    BlogPost, tell, after="update", when=lambda old, new: new.status == "published", name="cms_blog_posts_published"
)
page_inserted = trigger(
    DocsPage, tell, after="insert", when=lambda old, new: new.status == "published", name="cms_docs_pages_inserted"
)
page_published = trigger(
    DocsPage, tell, after="update", when=lambda old, new: new.status == "published", name="cms_docs_pages_published"
)
