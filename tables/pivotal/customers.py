"""Customers, and whom one talks to there."""

import qb
from pivotal.documents import Address, CustomerMetadata, CustomerMetadataV1, upgraded
from pivotal.guards import no_money
from pivotal.ids import ContactId, CustomerId, OrganizationId
from qb import Col, column, fn, index, new, patch, pg, references, unique
from tables.pivotal.organizations import Organization
from tables.pivotal.shared import Documented, Timestamped


class Customer(Timestamped, name="customers"):
    """Who buys."""

    id: Col[CustomerId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    organization_id: Col[OrganizationId] = column(pg.uuid, references=references(Organization.id, on_delete="cascade"))
    name: Col[str] = column(pg.text, check=lambda name: fn.length(fn.trim(name)) > 0)
    email: Col[str | None] = column(pg.varchar(254), default=None)
    address: Col[Address | None] = column(pg.jsonb, default=None, guard=no_money)
    metadata: Col[CustomerMetadata] = column(
        qb.document(CustomerMetadata, qb.older(CustomerMetadataV1, upgraded)),
        default=CustomerMetadata(),
        guard=no_money,
    )


class Contact(Documented, name="contacts"):
    """Somebody at a customer's; one of them is asked first."""

    id: Col[ContactId] = column(pg.uuid, primary_key=True, default=fn.gen_random_uuid())
    customer_id: Col[CustomerId] = column(pg.uuid, references=references(Customer.id, on_delete="cascade"), index=True)
    name: Col[str] = column(pg.text)
    email: Col[str | None] = column(pg.varchar(254), default=None)
    phone: Col[str | None] = column(pg.varchar(40), default=None)
    main: Col[bool] = column(pg.boolean, default=False)


NewCustomer = new(Customer)
CustomerChanges = patch(Customer)
NewContact = new(Contact)

customer_name = unique(Customer.organization_id, Customer.name)
# So that others can point to both at once: nobody sells to another organization's customer.
customer_of = unique(Customer.organization_id, Customer.id)
one_main_contact = index("contacts_main_key", Contact.customer_id, unique=True, where=Contact.main)
