export { askRunningHost } from './client.ts';
export { describeState, type ControlRequest } from './message.ts';
export { listenForControl, type ControlServer } from './server.ts';
export { controlSocketPath } from './socket-path.ts';
