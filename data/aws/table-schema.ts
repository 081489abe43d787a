/** Names in the DynamoDB table, shared with the deployment; nothing here needs the SDK. */
export const PARTITION_ATTRIBUTE = 'pk';
export const SORT_ATTRIBUTE = 'sk';
export const INDEX_NAME = 'byIndex';
export const INDEX_PARTITION_ATTRIBUTE = 'ipk';
export const INDEX_SORT_ATTRIBUTE = 'isk';
export const BODY_ATTRIBUTE = 'body';
export const REVISION_ATTRIBUTE = 'rev';
