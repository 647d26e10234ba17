import { type CommandGroup, command, text } from '../command.ts'
import { json } from './shared-options.ts'

export const filesSample = command({
  name: 'files sample',
  summary: "read a vendor's newest file and propose the settings that read it",
  takes: '<system>',
  about: `Looks into the folders of a configured system of the type files, finds format, encoding, columns and signs of numbers, and
prints settings to paste into its document. What the file does not show is a comment to complete. Reads only: no file is
moved or counts as read. Values that may be about a person show only their form.`,
  options: {
    entity: text(
      'inventory|products|prices|images|fulfilments|acknowledgements',
      'whose newest file is read (default: every one that has a file)',
    ),
    json,
  },
  examples: ['waldstream files sample vendor', 'waldstream files sample vendor --entity inventory'],
})

export const files: CommandGroup = {
  name: 'files',
  summary: 'set up vendors that send files',
  commands: [filesSample],
}
