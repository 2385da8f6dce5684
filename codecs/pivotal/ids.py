"""Branded ids: each is a UUID (a currency's code a str) at run time and a type of its own to the checkers."""

from typing import NewType
from uuid import UUID

CurrencyCode = NewType("CurrencyCode", str)
OrganizationId = NewType("OrganizationId", UUID)
SettingId = NewType("SettingId", UUID)
UserId = NewType("UserId", UUID)
RoleId = NewType("RoleId", UUID)
CustomerId = NewType("CustomerId", UUID)
ContactId = NewType("ContactId", UUID)
ProjectId = NewType("ProjectId", UUID)
MilestoneId = NewType("MilestoneId", UUID)
TimeEntryId = NewType("TimeEntryId", UUID)
ServiceCategoryId = NewType("ServiceCategoryId", UUID)
RateCardId = NewType("RateCardId", UUID)
RateItemId = NewType("RateItemId", UUID)
QuoteId = NewType("QuoteId", UUID)
QuoteLineId = NewType("QuoteLineId", UUID)
QuoteVersionId = NewType("QuoteVersionId", UUID)
QuoteVersionLineId = NewType("QuoteVersionLineId", UUID)
ApprovalPolicyId = NewType("ApprovalPolicyId", UUID)
ApprovalRequestId = NewType("ApprovalRequestId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
InvoiceLineId = NewType("InvoiceLineId", UUID)
PaymentId = NewType("PaymentId", UUID)
AuditLogId = NewType("AuditLogId", int)
