/** True only in the bundle of scenes that development, screenshots and state tests use. */
declare const __SCENES__: boolean;
