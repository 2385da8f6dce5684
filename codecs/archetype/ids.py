"""Branded ids: each is a str at run time and a type of its own to the checkers. In SQL all of them are varchar.

One NewType for each entity and one for each of its versions: `ActionId` is an action through all its versions,
`ActionVersionId` one of them, and neither is taken where the other is expected. From outside they come through
`archetype.guards.branded`.
"""

from typing import NewType

# ------------------------------------------------------------------------------------------------------------- auth

OrganizationId = NewType("OrganizationId", str)
UserId = NewType("UserId", str)
OrganizationUserId = NewType("OrganizationUserId", str)
InboxConnectionId = NewType("InboxConnectionId", str)
InboxConnectionSyncJobId = NewType("InboxConnectionSyncJobId", str)

ClerkOrgId = NewType("ClerkOrgId", str)
"""An organization as Clerk, which signs users in, knows it: `org_2abc`."""
ClerkUserId = NewType("ClerkUserId", str)
ClerkMembershipId = NewType("ClerkMembershipId", str)

# ------------------------------------------------------------------------------------------------- billing_tracking

CustomerId = NewType("CustomerId", str)
OrganizationSubscriptionId = NewType("OrganizationSubscriptionId", str)
InvoiceId = NewType("InvoiceId", str)
UsageMetricsId = NewType("UsageMetricsId", str)
BillingEventId = NewType("BillingEventId", str)

StripeCustomerId = NewType("StripeCustomerId", str)
StripeSubscriptionId = NewType("StripeSubscriptionId", str)
StripeInvoiceId = NewType("StripeInvoiceId", str)

# -------------------------------------------------------------------------------------- builder: what is modelled

ApplicationGroupId = NewType("ApplicationGroupId", str)
CategoryId = NewType("CategoryId", str)
EntityTypeId = NewType("EntityTypeId", str)
EntityTypeVersionId = NewType("EntityTypeVersionId", str)
ColumnId = NewType("ColumnId", str)
ColumnVersionId = NewType("ColumnVersionId", str)
ColumnValidationId = NewType("ColumnValidationId", str)
ValidationGroupId = NewType("ValidationGroupId", str)
FieldGroupId = NewType("FieldGroupId", str)
RelationId = NewType("RelationId", str)
RelationVersionId = NewType("RelationVersionId", str)
ActionId = NewType("ActionId", str)
ActionVersionId = NewType("ActionVersionId", str)
ActionInputId = NewType("ActionInputId", str)
AuthorizationId = NewType("AuthorizationId", str)
StateMachineId = NewType("StateMachineId", str)
StateMachineVersionId = NewType("StateMachineVersionId", str)
StateId = NewType("StateId", str)
TransitionId = NewType("TransitionId", str)
WorkspaceVersionId = NewType("WorkspaceVersionId", str)
VersionRefId = NewType("VersionRefId", str)
CustomViewId = NewType("CustomViewId", str)
DataStoreConfigId = NewType("DataStoreConfigId", str)
AiColumnMetadataId = NewType("AiColumnMetadataId", str)
AiRelationMetadataId = NewType("AiRelationMetadataId", str)
DerivedColumnId = NewType("DerivedColumnId", str)
DerivedColumnComputationId = NewType("DerivedColumnComputationId", str)
DerivedRelationId = NewType("DerivedRelationId", str)
DerivedRelationComputationId = NewType("DerivedRelationComputationId", str)

# ---------------------------------------------------------------------------------------- builder: what happens

EntityId = NewType("EntityId", str)
"""A record of an organization's own database: no table of the builder's holds it, so nothing refers to one."""
ActionLogId = NewType("ActionLogId", str)
ActionEditId = NewType("ActionEditId", str)
EntityTypeEditId = NewType("EntityTypeEditId", str)
RelationEditId = NewType("RelationEditId", str)
AutomationRuleId = NewType("AutomationRuleId", str)
AutomationExecutionId = NewType("AutomationExecutionId", str)
ChainRunId = NewType("ChainRunId", str)
CrmCacheId = NewType("CrmCacheId", str)
EmailId = NewType("EmailId", str)
EmailProcessingId = NewType("EmailProcessingId", str)
EmailExtractedInputId = NewType("EmailExtractedInputId", str)
GmailQueueItemId = NewType("GmailQueueItemId", str)
ActionDraftId = NewType("ActionDraftId", str)
CommentId = NewType("CommentId", str)
EnrichmentId = NewType("EnrichmentId", str)
OnboardingSessionId = NewType("OnboardingSessionId", str)
FeatureId = NewType("FeatureId", str)
FeatureSuggestionsRunId = NewType("FeatureSuggestionsRunId", str)
FeatureApplicationRunId = NewType("FeatureApplicationRunId", str)
FakeRetrievalPointerId = NewType("FakeRetrievalPointerId", str)

ProviderMessageId = NewType("ProviderMessageId", str)
"""An email as Gmail or Outlook knows it."""
ProviderThreadId = NewType("ProviderThreadId", str)
GmailHistoryId = NewType("GmailHistoryId", str)
ExternalRecordId = NewType("ExternalRecordId", str)
"""A record of a CRM."""

# -------------------------------------------------------------------------------------------------------- marketing

BlogPostId = NewType("BlogPostId", str)
IndustryId = NewType("IndustryId", str)
VerticalId = NewType("VerticalId", str)
LandingPageId = NewType("LandingPageId", str)
HomepageGenerationId = NewType("HomepageGenerationId", str)
HomepageShareId = NewType("HomepageShareId", str)
HomepageShareViewId = NewType("HomepageShareViewId", str)
VisitorId = NewType("VisitorId", str)
"""Who looks at the site without an account, by a cookie."""

# ------------------------------------------------------------------------------------------------------------ public

KyselyMigrationName = NewType("KyselyMigrationName", str)
KyselyMigrationLockId = NewType("KyselyMigrationLockId", str)
