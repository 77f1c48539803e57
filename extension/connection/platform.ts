/** Whether Forkpoint can work on this side: it needs Linux, whose btrfs it builds on. */
export function platformSupported(platform: NodeJS.Platform): boolean {
  return platform === "linux";
}

/** How a person on another system gets to a Linux side, in the order in which it is easiest. */
export const waysToLinux = {
  win32: [
    { label: "WSL", extension: "ms-vscode-remote.remote-wsl" },
    { label: "Dev Containers", extension: "ms-vscode-remote.remote-containers" },
    { label: "Remote - SSH", extension: "ms-vscode-remote.remote-ssh" },
  ],
  other: [
    { label: "Dev Containers", extension: "ms-vscode-remote.remote-containers" },
    { label: "Remote - SSH", extension: "ms-vscode-remote.remote-ssh" },
  ],
} as const;

export function systemName(platform: NodeJS.Platform): string {
  return platform === "win32" ? "Windows" : platform === "darwin" ? "macOS" : platform;
}
