export {
  formatAuthenticationResults,
  type AuthenticationResult,
  type AuthenticationResults,
  type FormatAuthenticationResultsOptions,
} from './authentication-results.ts';
export {
  DELIVERY_HEADERS,
  deliveryHeaders,
  type DeliveryHeader,
  type DeliveryHeaders,
} from './delivery-headers.ts';
export {
  deliveryReport,
  MAX_RETURNED_SIZE,
  type DeliveryReport,
  type DeliveryReportOptions,
  type ReportedEnvelope,
  type ReportedMessage,
} from './delivery-report.ts';
export {
  formatDeliveryStatus,
  type Action,
  type DeliveryStatus,
  type ReportedRecipient,
  type ReportedReply,
} from './delivery-status.ts';
export { fieldBody, fieldName, isNamed } from './field.ts';
export { OWN_FIELDS, stripForged, type StripForgedOptions } from './forged.ts';
export { formatDate } from './format-date.ts';
export { FOLD_AT, fold, formatField, MAX_LINE } from './format-field.ts';
export { harmless, MAX_FOREIGN_TEXT, type HarmlessOptions } from './harmless.ts';
export { HeaderBlock } from './header-block.ts';
export {
  HeaderReader,
  MAX_HEADER_FIELDS,
  MAX_HEADER_SIZE,
  type HeaderFault,
  type HeaderReaderOptions,
} from './header-reader.ts';
export { parseAuthenticationResults } from './parse-authentication-results.ts';
export { readHeader } from './read-header.ts';
export { received, type ReceivedFrom, type ReceivedOptions } from './received.ts';
export { isReportDue, type NotifyKeyword, type ReportDueOptions } from './report-due.ts';
export { splitMessage, type SplitMessage } from './split-message.ts';
export {
  mendSubmission,
  type SubmissionFault,
  type SubmissionOptions,
  type SubmittingUser,
} from './submission.ts';
