/** `812 KiB`, `48.1 MiB`, `1.2 GiB`. */
export function bytesText(bytes: number): string {
  const [size, unit] =
    bytes >= 1024 ** 3
      ? [bytes / 1024 ** 3, 'GiB']
      : bytes >= 1024 ** 2
        ? [bytes / 1024 ** 2, 'MiB']
        : [bytes / 1024, 'KiB'];
  return `${size.toFixed(size < 100 ? 1 : 0)} ${unit}`;
}
