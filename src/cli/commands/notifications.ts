import { type CommandGroup, command } from '../command.ts'
import { by, json } from './shared-options.ts'

export const notificationsList = command({
  name: 'notifications list',
  summary: 'list the recipients: open causes, when each was sent something last, and why one is not reached',
  takes: '',
  options: { json },
  examples: ['waldstream notifications list'],
})

export const notificationsTest = command({
  name: 'notifications test',
  summary: 'send a test notification now',
  takes: '<recipient>',
  about: 'It is sent from this machine, with the settings of its environment. Exit code 1 when it does not arrive.',
  options: { by, json },
  examples: ['waldstream notifications test operators'],
})

export const notifications: CommandGroup = {
  name: 'notifications',
  summary: 'who is notified and whether it arrives: list, test',
  commands: [notificationsList, notificationsTest],
  usual: 'list',
}
