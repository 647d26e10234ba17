import { describe, expect, it } from 'vitest'
import { systemTraits } from '../../../../src/configuration/system-traits.ts'
import { columnNames } from '../../../../src/systems/image-feed/rows.ts'
import { imageFeedSettings } from '../../../../src/systems/image-feed/settings.ts'
import { settingsOf } from '../../../worlds/image-feed.ts'

describe('the settings of an image feed', () => {
  it.each([
    [{ format: 'yaml' }, /settings.format is one of csv, json, xml, not "yaml"/],
    [{ delimiter: ',,' }, /settings.delimiter is one character, or tab/],
    [{ quote: '' }, /settings.quote is one character, or none/],
    [{ lastLineBreak: 'no' }, /settings.lastLineBreak is one of required, optional/],
    [{ checkLinks: 'yes' }, /settings.checkLinks is one of true, false/],
    [{ allowPrivateAddresses: '1' }, /settings.allowPrivateAddresses is one of/],
    [{ timeoutSeconds: '0' }, /settings.timeoutSeconds is a whole number/],
  ])('name what is wrong: %j', (settings, message) => {
    expect(() => settingsOf(settings)).toThrow(message)
    expect(() => settingsOf(settings)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }))
  })

  it('take an http or https address, without name and password', () => {
    const of = (address: string, path?: string) =>
      imageFeedSettings({
        id: 'x',
        address,
        secrets: {},
        settings: path === undefined ? {} : { path },
        limits: { concurrency: 1 },
      }).url
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
    expect(() => settingsOf({}, { username: 'u' })).toThrow(/username and password go together/)
  })

  it('name the feed anew when they change, in whatever order they are', () => {
    expect(settingsOf({ format: 'csv', items: 'a' }).id).toBe(settingsOf({ items: 'a', format: 'csv' }).id)
    expect(settingsOf({ format: 'csv' }).id).not.toBe(settingsOf({}).id)
  })

  it('are known to the configuration', () => {
    const known = systemTraits['image-feed'].optionalSettings
    expect(known.filter((name) => name.startsWith('columns.')).toSorted()).toEqual(
      columnNames.map((name) => `columns.${name}`).toSorted(),
    )
  })
})
