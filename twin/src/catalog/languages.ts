/** sys.syslanguages. https://learn.microsoft.com/sql/relational-databases/system-compatibility-views/sys-syslanguages-transact-sql */
export interface Language {
  readonly id: number;
  readonly name: string;
  readonly alias: string;
  readonly lcid: number;
  readonly messageGroup: number;
  readonly dateFormat: "mdy" | "dmy" | "ymd";
  readonly dateFirst: number;
}

/** The languages whose dates the twin can format; another name is refused where a language is asked for. */
export const languages: readonly Language[] = [
  { id: 0, name: "us_english", alias: "English", lcid: 1033, messageGroup: 1033, dateFormat: "mdy", dateFirst: 7 },
  {
    id: 23,
    name: "British",
    alias: "British English",
    lcid: 2057,
    messageGroup: 1033,
    dateFormat: "dmy",
    dateFirst: 1,
  },
];
