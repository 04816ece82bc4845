use std::time::Instant; use std::collections::BTreeMap; use figment::{Figment,providers::*}; use figment_secrets::*; use secret_source::*;
fn main(){
 for n in [200usize,400,800] { for numeric in [false,true] {
 let mut t=String::new(); let mut src=MemorySource::new(); let mut refs=0;
 for i in 0..n/10 { t+=&format!("[t{i}]\n"); for k in 0..10 { if k%4==0 { refs+=1; t+=&format!("k{k} = 'infisical://prod/shared/f{}/KEY_{i}_{k}'\n",i%5); src=src.with(&format!("infisical://prod/shared/f{}/KEY_{i}_{k}",i%5), "12345").unwrap(); } else if numeric {t+=&format!("k{k} = {k}\n")} else {t+=&format!("k{k} = 'plain value {k}'\n")} } }
 let file=std::env::temp_dir().join("cost.toml"); std::fs::write(&file,&t).unwrap();
 let r=Resolver::builder(src).build().unwrap();
 let med=|f:&mut dyn FnMut()|{for _ in 0..10{f()} let mut v:Vec<f64>=(0..100).map(|_|{let s=Instant::now();f();s.elapsed().as_secs_f64()*1e6}).collect();v.sort_by(f64::total_cmp);v[50]};
 let base_fig=Figment::new().merge(Toml::file(&file));
 type S=BTreeMap<String,BTreeMap<String,String>>; type N=BTreeMap<String,BTreeMap<String,u32>>;
 let merge=med(&mut||{std::hint::black_box(Figment::new().merge(Toml::file(&file)));});
 let resolved=futures_executor::block_on(base_fig.clone().resolve_secrets(&r)).unwrap();
 let plain=resolved.clone().into_figment_exposed();
 let ex=med(&mut||{ if numeric {plain.extract_lossy::<N>().unwrap();} else {plain.extract::<S>().unwrap();} });
 let res=med(&mut||{std::hint::black_box(futures_executor::block_on(base_fig.clone().resolve_secrets(&r)).unwrap());});
 let cl=med(&mut||{std::hint::black_box(base_fig.clone());});
 let refsv:Vec<_>=resolved.report().rows().iter().map(|r|r.reference().clone()).collect();
 let look=med(&mut||{std::hint::black_box(futures_executor::block_on(r.answer_many(&refsv)));});
 let ex2=med(&mut||{ if numeric {resolved.extract::<N>().unwrap();} else {resolved.extract::<S>().unwrap();} });
 println!("n={n} refs={refs} numeric={numeric}: merge {merge:.0} extract {ex:.0} | resolve {:.0} of which look-up {look:.0}, our extract {ex2:.0} | ratio {:.2}", res-cl, (merge+res-cl+ex2)/(merge+ex));
 }}
}
