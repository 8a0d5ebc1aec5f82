export { DEFAULT_PORT, serve, type RunningServer, type ServeOptions } from './serve.ts';
