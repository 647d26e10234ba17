export interface Installation {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly variables: {
    readonly table_prefix: string
    readonly topic_prefix: string
    readonly secrets_prefix: string
    readonly kms_key_arn: string
    readonly queue_arns: readonly string[]
    readonly msk_cluster_arn: string
    readonly trust_policy_json: string
  }
}

const account = '123456789012'
const place = `us-isof-south-1:${account}`
const prefix = 'a-company-with-a-long-name-production-1.'

/** An installation with long names, as they are found: in the region with the longest name, with queues and a key. */
export const installation: Installation = {
  partition: 'aws-iso-f',
  region: 'us-isof-south-1',
  account,
  variables: {
    table_prefix: prefix,
    topic_prefix: prefix,
    secrets_prefix: prefix,
    kms_key_arn: `arn:aws-iso-f:kms:${place}:key/11111111-2222-3333-4444-555555555555`,
    queue_arns: Array.from(
      { length: 5 },
      (_, at) => `arn:aws-iso-f:sqs:${place}:${prefix}messages-of-a-shop-${at}.fifo`,
    ),
    // The name of a cluster has at most 64 characters.
    msk_cluster_arn: `arn:aws-iso-f:kafka:${place}:cluster/${'c'.repeat(64)}/11111111-2222-3333-4444-555555555555-12`,
    trust_policy_json: '{}',
  },
}
