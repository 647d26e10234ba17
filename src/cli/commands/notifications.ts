import { type CommandGroup, command } from '../command.ts'
import { by, json } from './shared-options.ts'

export const notificationsList = command({
  name: 'notifications list',
  summary: 'list the recipients: open causes, last notification, and why notifications fail',
  takes: '',
  options: { json },
  examples: ['waldstream notifications list'],
})

export const notificationsTest = command({
  name: 'notifications test',
  summary: 'send a test notification now',
  takes: '<recipient>',
  about:
    'Sends it from this machine, with the settings of its environment. The exit code is 1 when it does not arrive.',
  options: { by, json },
  examples: ['waldstream notifications test operators'],
})

export const notifications: CommandGroup = {
  name: 'notifications',
  summary: 'recipients of notifications and whether they arrive: list, test',
  commands: [notificationsList, notificationsTest],
  usual: 'list',
}
