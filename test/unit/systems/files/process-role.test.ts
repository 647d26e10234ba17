import { describe, expect, it } from 'vitest'
import { roleRulesOf } from '../../../../src/configuration/role-rules.ts'
import { s3Options } from '../../../../src/systems/files/s3-settings.ts'
import { settings as declared } from '../../../../src/systems/files/settings.ts'
import { localNetwork } from '../../../data/loopback.ts'
import { connectable } from '../../../worlds/settings.ts'

/** What the system `bucket` is connected with, under a list of the operator. */
function options(listed: string | undefined, secrets: Readonly<Record<string, string>> = {}) {
  const mayUseRole = roleRulesOf(listed === undefined ? {} : { AWS_ROLE_SYSTEMS: listed })
  const settings = { region: 'cn-north-1' }
  const system = { id: 'bucket', address: 's3://acme-exchange/out/', secrets, settings, limits: { concurrency: 1 } }
  return s3Options(connectable(declared, system), { network: localNetwork, mayUseRole })
}

describe('a bucket without secrets', () => {
  it.each([undefined, '', 'other', 'bucket-2,other', 'buck*'])('is refused where the operator lists %s', (listed) => {
    expect(() => options(listed)).toThrow(
      expect.objectContaining({
        code: 'configuration_invalid',
        message: expect.stringContaining('have the operator add bucket to AWS_ROLE_SYSTEMS'),
      }),
    )
  })

  it.each(['bucket', 'other, bucket', '*'])('uses the AWS credentials of the process where he lists %s', (listed) => {
    expect(options(listed)).toMatchObject({ bucket: 'acme-exchange', root: 'out', credentials: null })
  })

  it('is not connected with half of the secrets, whatever is listed', () => {
    expect(() => options('*', { accessKeyId: 'a' })).toThrow(/need accessKeyId and secretAccessKey/)
  })

  it('is called at AWS in its region, whatever the environment says', () => {
    expect(options('*').endpoint.href).toBe('https://s3.cn-north-1.amazonaws.com.cn/')
  })
})
