import { execFileSync } from "node:child_process";

/**
 * Fills an empty folder with every kind of entry that this process's user can make: what a copy is most likely to
 * lose. Only root makes devices, foreign owners, and attributes of the system, and reads what its owner may not. With `huge`, also a sparse file of 5 GiB with some bytes beyond 4 GiB, which takes seconds to read.
 */
export function everyKindOfEntry(folder: string, options: { huge?: boolean } = {}): void {
  const run = (script: string) => execFileSync("bash", ["-ec", script], { cwd: folder });
  const root = process.geteuid?.() === 0;
  run(`
    echo plain > plain; : > empty; mkdir empty-folder
    mkdir -p linked/deep; echo linked > linked/one; ln linked/one linked/deep/two; ln linked/one three
    ln -s plain link; ln -s nowhere dangling; ln -s /etc/hostname outside; ln -s .. upwards; ln -s empty-folder to-folder
    ln -s -- "$(printf 't\\xfe')" "$(printf 'link\\xff')"; ln -P dangling dangling-twin
    truncate -s 10M sparse; printf middle | dd of=sparse bs=1 seek=5000000 conv=notrunc status=none
    truncate -s 100000 only-hole
    head -c 300000 /dev/urandom > random; head -c 5000 /dev/zero > zeros; yes line | head -c 2000000 > compressible
    mkfifo fifo; ln fifo fifo-twin
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")' 2>/dev/null ||
      perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un("socket"))'
  `);
  run(`
    printf 1 > "$(printf 'not\\xff\\xfeutf8')"; mkdir "$(printf 'folder\\xc3')"; printf 2 > "$(printf 'folder\\xc3/in')"
    printf 3 > $'new\\nline'; mkdir $'folder\\nnew'; printf 4 > $'folder\\nnew/x'; printf 5 > ' leading and trailing '
    printf 6 > -dash; mkdir -- --folder; printf 7 > ./--folder/-rf; printf 8 > 'back\\slash'; printf 9 > '"quotes'"'"
    printf 10 > $'\\x01\\x7f'; printf 11 > '*'; printf 12 > '# file: x'
    long=$(printf 'n%.0s' {1..255}); mkdir "$long"; printf 13 > "$long/$long"; ln "$long/$long" "linked/$long"
  `);
  run(`
    mkdir sticky setgid; chmod 1777 sticky; chmod 2775 setgid
    mkdir folder-555; printf i > folder-555/inside; chmod 555 folder-555
    printf a > attributes; setfattr -n user.text -v "some text" attributes; setfattr -n user.binary -v 0x00ff0a5c attributes
    setfattr -n user.empty attributes; setfattr -n user.note -v folder empty-folder
    setfattr -n user.long -v "$(head -c 3000 /dev/zero | tr '\\0' x)" attributes
    printf c > acl; setfacl -m u:7:rw,g:8:r acl; mkdir acl-folder; setfacl -m u:7:rwx acl-folder; setfacl -d -m u:7:rwx,g:8:rx acl-folder
    printf d > acl-folder/inherited; mkdir acl-folder/below
  `);
  if (root) {
    run(`
      mknod character c 1 3; mknod block b 7 99; chown -h 99:98 link; chgrp 7 setgid; chmod 2775 setgid
      printf n > mode-000; chmod 000 mode-000; mkdir folder-000; printf i > folder-000/inside; chmod 000 folder-000
      printf s > setuid; chown 1234:4321 setuid; chmod 6755 setuid
      setfattr -n trusted.ours -v t attributes; setfattr -h -n trusted.onlink -v l link
      setfattr -n security.capability -v 0x0100000202000000000000000000000000000000 plain
      touch -h -d @77.000000077 character
    `);
  }
  if (options.huge) {
    run(`truncate -s 5G huge; printf end | dd of=huge bs=1M seek=4500 conv=notrunc status=none
         printf start | dd of=huge conv=notrunc status=none`);
  }
  run(`
    touch -h -d @1.000000001 link; touch -d @1234567890.123456789 plain; touch -d @0 empty; touch -d @-5.5 zeros
    touch -d @4294967297.999999999 random; touch -d @86400.5 empty-folder; touch -h -d @77.000000077 dangling fifo socket
    touch -d @1500000000.000000007 acl-folder linked .
  `);
}
