/** Makes a token with the credentials that the AWS SDK finds in this environment; prints it, or the error. */
import { errorForLog } from '../../../../src/platform/error-for-log.ts'
import { mskIamTokens } from '../../../../src/platform/kafka/msk-iam-tokens.ts'

const make = mskIamTokens({ mechanism: 'aws-msk-iam', region: 'eu-central-1', credentials: null })
console.log(await make().catch((error: unknown) => JSON.stringify(errorForLog(error))))
