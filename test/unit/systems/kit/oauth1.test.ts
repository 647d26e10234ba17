import { describe, expect, it } from 'vitest'
import { oauth1Header, oauth1Signature } from '../../../../src/systems/kit/oauth1.ts'

/** The vectors that Oracle publishes for token-based authentication; nothing of them opens anything. */
const credentials = {
  consumerKey: 'ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4',
  consumerSecret: 'd26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5',
  token: '2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc',
  tokenSecret: 'c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295',
}
const at = { nonce: 'fjaLirsIcCGVZWzBX0pg', timestamp: 1508242306, realm: '123456' }
const employee = {
  ...at,
  method: 'GET',
  url: 'https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40',
}

describe('OAuth 1.0a with HMAC-SHA256', () => {
  it('signs a REST request as NetSuite documents it', () => {
    expect(oauth1Signature(employee, credentials)).toBe('B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=')
  })

  it('signs the query of a RESTlet with the parameters, sorted', () => {
    const url =
      'https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=6&deploy=1&customParam=someValue&testParam=someOtherValue'
    expect(oauth1Signature({ ...at, method: 'POST', url }, credentials)).toBe(
      '+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ=',
    )
  })

  it('shows realm and signature in the header, percent-encoded, and no secret', () => {
    const header = oauth1Header(employee, credentials)
    expect(header).toMatch(/^OAuth realm="123456", oauth_consumer_key="ef40/)
    expect(header).toContain('oauth_signature="B5OIWznZ2YP0OB7VrJrGkYsTh%2B8H%2B5T9Hag%2Bo92q0zY%3D"')
    expect(header).not.toContain(credentials.consumerSecret)
    expect(header).not.toContain(credentials.tokenSecret)
  })

  it('has no realm where none is given, and it is not signed', () => {
    const { realm: _, ...bare } = employee
    expect(oauth1Header(bare, credentials)).not.toContain('realm')
    expect(oauth1Signature(bare, credentials)).toBe(oauth1Signature(employee, credentials))
  })

  it('takes brackets, spaces and non-ASCII text of the query by their value', () => {
    const signed = (query: string) =>
      oauth1Signature({ ...employee, url: `https://shop.test/rest?${query}` }, credentials)
    expect(signed('a%5B0%5D=x%20y&b=%C3%BC')).toBe(signed('b=%C3%BC&a[0]=x+y'))
    expect(signed('a=1')).not.toBe(signed('a=2'))
  })
})
