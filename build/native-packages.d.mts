/** electron-builder's `beforePack`: lays out native packages for one target in `out/vendor/OS-ARCH`. */
export default function layOutNativePackages(context: { electronPlatformName: string; arch: number }): void;
