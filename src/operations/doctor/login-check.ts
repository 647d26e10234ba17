import type { SaslConfig } from '../../config.ts'
import { type Check, ok } from './finding.ts'

const LOGIN = 'kafka login'

/** How brokers are signed in to. Credentials of AWS are looked for, which needs no broker. */
export function loginCheck(sasl: SaslConfig): Check {
  return {
    name: LOGIN,
    async run() {
      if (sasl.mechanism !== 'aws-msk-iam') return [ok(LOGIN, `as ${sasl.username}, by ${sasl.mechanism}`)]
      const { mskIamTokens } = await import('../../platform/kafka/msk-iam-tokens.ts')
      await mskIamTokens(sasl)()
      return [ok(LOGIN, `by ${sasl.mechanism} in ${sasl.region}, with AWS credentials that ${sourceOf(sasl)}`)]
    },
  }
}

function sourceOf({ credentials }: Extract<SaslConfig, { readonly mechanism: 'aws-msk-iam' }>): string {
  return credentials === null ? 'the AWS SDK found' : 'AWS_ACCESS_KEY_ID names'
}
