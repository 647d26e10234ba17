import { describe, expect, it } from 'vitest'
import {
  archivedNamed,
  attachmentNamed,
  attachmentsOf,
  fileNameOf,
} from '../../../../src/systems/files/mail-attachments.ts'

const named = (part: string, filename: string) => ({ part, type: 'text/csv', dispositionParameters: { filename } })

describe('attachments', () => {
  it('are the parts of a message with a name, not those of a message in it', () => {
    const structure = {
      type: 'multipart/mixed',
      childNodes: [
        { part: '1', type: 'text/plain' },
        named('2', 'stock.csv'),
        { part: '3', type: 'application/pdf', parameters: { name: 'terms.pdf' } },
        { part: '4', type: 'message/rfc822', childNodes: [named('4.1', 'stock.csv')] },
        { part: '5', type: 'multipart/related', childNodes: [named('5.1', 'prices.csv')] },
      ],
    }
    expect(attachmentsOf(structure)).toEqual([
      { part: '2', called: 'stock.csv' },
      { part: '3', called: 'terms.pdf' },
      { part: '5.1', called: 'prices.csv' },
    ])
    expect(attachmentsOf({ type: 'text/csv', parameters: { name: 'a.csv' } })).toEqual([{ part: '1', called: 'a.csv' }])
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\stock\\a.csv', 'a.csv'],
    ['a\r\nb\u0000\u202e.csv', 'ab.csv'],
    [`${'x'.repeat(200)}.csv`, `${'x'.repeat(146)}.csv`],
  ])('have no folders and no odd characters in their names: %j', (filename, called) => {
    expect(attachmentsOf(named('2', filename))).toEqual([{ part: '2', called }])
  })

  it('without a name that is left are none', () => {
    expect(attachmentsOf(named('2', 'folder/'))).toEqual([])
  })
})

it('the name of a file is that of its message and part, sorts by arrival, and is read back', () => {
  const attachment = { part: '2.1', called: '5-stock.csv' }
  expect(fileNameOf(9, attachment) < fileNameOf(10, attachment)).toBe(true)
  expect(attachmentNamed(fileNameOf(9, attachment))).toEqual({ uid: 9, ...attachment })
  expect(archivedNamed(`0123456789ab-${fileNameOf(9, attachment)}`)).toMatchObject(attachment)
  for (const name of ['stock.csv', 'acme-1.sent', '9.2-stock.csv', '']) {
    expect(attachmentNamed(name)).toBeNull()
    expect(archivedNamed(name)).toBeNull()
  }
})
