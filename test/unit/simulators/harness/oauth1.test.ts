import { describe, expect, it } from 'vitest'
import { createOAuth1Verifier, type OAuthCredentials } from '../../../../simulators/harness/oauth1.ts'

// Published by the vendor in its documentation of token-based authentication; they open nothing.
const published: OAuthCredentials = {
  consumerKey: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
  consumerSecret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
  token: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
  tokenSecret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
}
const timestamp = 1508242306
const restRequest = {
  method: 'GET',
  url: 'https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40',
}
const restSignature = 'B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY='

function header(changes: Record<string, string | undefined> = {}): string {
  const parameters: Record<string, string | undefined> = {
    realm: '123456',
    oauth_consumer_key: published.consumerKey,
    oauth_token: published.token,
    oauth_nonce: 'fjaLirsIcCGVZWzBX0pg',
    oauth_timestamp: String(timestamp),
    oauth_signature_method: 'HMAC-SHA256',
    oauth_version: '1.0',
    oauth_signature: restSignature,
    ...changes,
  }
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return `OAuth ${given.map(([name, value]) => `${name}="${encodeURIComponent(value ?? '')}"`).join(', ')}`
}

const verifier = (clock = () => timestamp) => createOAuth1Verifier({ credentials: published, realm: '123456', clock })

describe('OAuth 1.0a, known answers', () => {
  it('accepts the published signature of a REST call', () => {
    expect(verifier()({ ...restRequest, authorization: header() })).toBeUndefined()
  })

  it('accepts the published signature of a RESTlet call, whose query is signed and sorted', () => {
    const url =
      'https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=6&deploy=1&customParam=someValue&testParam=someOtherValue'
    const authorization = header({ oauth_signature: '+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ=' })
    expect(verifier()({ method: 'POST', url, authorization })).toBeUndefined()
  })

  it('does not depend on the realm being part of the base string', () => {
    const anyRealm = createOAuth1Verifier({ credentials: published, clock: () => timestamp })
    expect(anyRealm({ ...restRequest, authorization: header({ realm: 'other' }) })).toBeUndefined()
  })
})

describe('OAuth 1.0a, refusals', () => {
  const refused = (changes: Record<string, string | undefined>, request = restRequest, clock = () => timestamp) =>
    verifier(clock)({ ...request, authorization: header(changes) })

  it.each([
    ['signature_invalid', 401, 7, { oauth_signature: restSignature.replace('B5', 'B6') }],
    ['signature_method_rejected', 400, 6, { oauth_signature_method: 'HMAC-SHA1' }],
    ['consumer_key_rejected', 401, 8, { oauth_consumer_key: 'someone-else' }],
    ['token_rejected', 401, 12, { oauth_token: 'another' }],
    ['parameter_absent', 400, 2, { oauth_nonce: undefined }],
    ['version_rejected', 400, 1, { oauth_version: '2.0' }],
    ['parameter_rejected', 400, 3, { realm: 'other' }],
    ['parameter_rejected', 400, 3, { oauth_timestamp: 'soon' }],
  ])('refuses with %s (%d, %d)', (problem, status, code, changes) => {
    expect(refused(changes)).toMatchObject({ problem, status, code })
  })

  it('refuses a timestamp outside of the window, at both ends', () => {
    expect(refused({}, restRequest, () => timestamp + 601)).toMatchObject({ problem: 'timestamp_refused', status: 400 })
    expect(refused({}, restRequest, () => timestamp - 601)).toMatchObject({ problem: 'timestamp_refused', status: 400 })
    expect(refused({}, restRequest, () => timestamp + 600)).toBeUndefined()
  })

  it('refuses the same nonce twice', () => {
    const verify = verifier()
    expect(verify({ ...restRequest, authorization: header() })).toBeUndefined()
    expect(verify({ ...restRequest, authorization: header() })).toMatchObject({ problem: 'nonce_used', status: 401 })
  })

  it('refuses another method, path or query than the signed one', () => {
    expect(refused({}, { ...restRequest, method: 'PUT' })).toMatchObject({ problem: 'signature_invalid' })
    expect(refused({}, { ...restRequest, url: `${restRequest.url}1` })).toMatchObject({ problem: 'signature_invalid' })
    expect(refused({}, { ...restRequest, url: `${restRequest.url}?a=1` })).toMatchObject({
      problem: 'signature_invalid',
    })
  })

  it('refuses a call without the header, and never tells a secret', () => {
    const refusal = verifier()({ ...restRequest, authorization: undefined })
    expect(refusal).toMatchObject({ problem: 'parameter_absent' })
    expect(JSON.stringify(refused({ oauth_signature: 'x' }))).not.toContain(published.tokenSecret)
  })
})
