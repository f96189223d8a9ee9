import { fetchAsAdmin } from '../api/fetchAsAdmin.ts';

/** Saves an answer that needs the token as a file. */
export async function download(path: string, file: string): Promise<void> {
  const response = await fetchAsAdmin(path);
  const address = URL.createObjectURL(await response.blob());
  const link = Object.assign(document.createElement('a'), { href: address, download: file });
  link.click();
  URL.revokeObjectURL(address);
}
