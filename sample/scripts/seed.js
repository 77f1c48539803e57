import { addDays, formatISO } from "date-fns";
import { addCard } from "../src/board.js";
import { openDatabase } from "../src/database.js";

const inDays = (days) => formatISO(addDays(new Date(), days), { representation: "date" });
const cards = [
  {
    title: "Write the launch post",
    label: "writing",
    status: "doing",
    due: inDays(2),
    note: "Keep it **short**. Two pictures.",
  },
  {
    title: "Answer the three open questions",
    label: "people",
    status: "todo",
    due: inDays(1),
    note: "- Who pays?\n- Until when?\n- In which currency?",
  },
  {
    title: "Upgrade the payment library",
    label: "code",
    status: "todo",
    due: inDays(5),
    note: "The new major version renames `charge` to `capture`.",
  },
  {
    title: "Sketch the settings page",
    label: "design",
    status: "todo",
    note: "Fewer switches than last time.",
  },
  {
    title: "Fix the time zone of reminders",
    label: "code",
    status: "doing",
    due: inDays(-1),
    note: "Seen in `Pacific/Auckland`.",
  },
  { title: "Invite the first ten testers", label: "people", status: "done", note: "_All ten said yes._" },
  { title: "Choose a name", label: "idea", status: "done", note: "Pinboard it is." },
];

const database = openDatabase();
const { count } = database.prepare("SELECT count(*) AS count FROM cards").get();
if (count > 0) {
  console.log(`The board has ${count} cards already.`);
} else {
  for (const card of cards) addCard(database, card);
  console.log(`Put ${cards.length} cards on the board.`);
}
database.close();
