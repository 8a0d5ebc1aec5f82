// naudiodon calls this at load; the real package is tied to one Node ABI and breaks under Electron.
exports.registerHandler = () => {};
