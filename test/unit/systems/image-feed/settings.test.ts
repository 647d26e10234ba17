import { describe, expect, it } from 'vitest'
import { clientSettings, settings as declared } from '../../../../src/systems/image-feed/settings.ts'
import { imageColumns } from '../../../../src/systems/kit/gallery-rows.ts'
import { settingsOf } from '../../../worlds/image-feed.ts'
import { connectable } from '../../../worlds/settings.ts'

describe('the settings of an image feed', () => {
  it.each([
    [{ format: 'yaml' }, /settings.format must be one of csv, json, jsonl, xml/],
    [{ delimiter: ',,' }, /settings.delimiter must be one character, or tab/],
    [{ quote: '' }, /settings.quote must be one character, or none/],
    [{ lastLineBreak: 'no' }, /settings.lastLineBreak must be one of required, optional/],
    [{ checkLinks: 'yes' }, /settings.checkLinks must be true or false/],
    [{ allowPrivateAddresses: '1' }, /settings.allowPrivateAddresses must be true or false/],
    [{ timeoutSeconds: '0' }, /settings.timeoutSeconds must be a whole number from 1 to 9999/],
  ])('name what is wrong: %j', (settings, message) => {
    expect(() => settingsOf(settings)).toThrow(message)
  })

  it('take an http or https address, without name and password', () => {
    const of = (address: string, path?: string) =>
      clientSettings(
        connectable(declared, {
          id: 'x',
          address,
          secrets: {},
          settings: path === undefined ? {} : { path },
          limits: { concurrency: 1 },
        }),
      ).url
    expect(of('https://feeds.test/', 'v/images.csv')).toBe('https://feeds.test/v/images.csv')
    expect(() => of('ftp://feeds.test/')).toThrow(/http or https address/)
    expect(() => of('https://feeds.test/', 'file:///etc/passwd')).toThrow(/http or https address/)
    expect(() => of('https://u:p@feeds.test/')).toThrow(/secrets username and password/)
  })

  it('make headers of secrets', () => {
    const secrets = { username: 'u', password: 'p', 'header.X-Api-Key': 'k' }
    expect(settingsOf({}, secrets).credentials).toEqual({ authorization: 'Basic dTpw', 'x-api-key': 'k' })
    expect(settingsOf({}, { 'header.Authorization': 'Bearer t' }).credentials).toEqual({ authorization: 'Bearer t' })
  })

  it('take no name without a password', () => {
    expect(() => settingsOf({}, { username: 'u' })).toThrow(/need both username and password/)
  })

  it('name the feed anew when they change, in whatever order they are', () => {
    expect(settingsOf({ format: 'csv', items: 'a' }).id).toBe(settingsOf({ items: 'a', format: 'csv' }).id)
    expect(settingsOf({ format: 'csv' }).id).not.toBe(settingsOf({}).id)
  })

  it('are known to the configuration', () => {
    expect(
      Object.keys(declared)
        .filter((name) => name.startsWith('columns.'))
        .toSorted(),
    ).toEqual(imageColumns.map((name) => `columns.${name}`).toSorted())
  })
})
