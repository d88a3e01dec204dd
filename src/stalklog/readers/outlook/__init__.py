"""What Outlook's .msg files and mailboxes share: items made of numbered MAPI properties."""
